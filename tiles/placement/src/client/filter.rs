//! An estimate of a positive quantity that drifts: a Kalman filter of its logarithm.

/// Deviation of the logarithm of one measurement.
pub(crate) const MEASUREMENT: f64 = 0.25;
/// More than so many deviations from what was expected are not believed at once.
const BELIEVED: f64 = 3.0;
/// The most variance: after long silence nothing is known but the mean.
const MOST: f64 = 1.0;

/// Mean and variance of the logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogFilter {
    pub(crate) mean: f64,
    pub(crate) variance: f64,
    at: f64,
}

/// How a quantity wanders: deviation of its logarithm around the session's own level, and the seconds that this takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drift {
    pub(crate) deviation: f64,
    pub(crate) seconds: f64,
}

impl LogFilter {
    pub(crate) fn new(mean: f64, variance: f64, now: f64) -> Self {
        Self {
            mean,
            variance,
            at: now,
        }
    }

    /// Certainty fades.
    pub(crate) fn age(&mut self, now: f64, drift: Drift) {
        let seconds = now - self.at;
        if seconds > 0.0 {
            let session = drift.deviation * drift.deviation;
            let growth = (2.0 * session / drift.seconds * seconds).min(session);
            self.variance = (self.variance + growth).min(MOST.max(self.variance));
            self.at = now;
        }
    }

    /// A measurement, with the deviation of its logarithm. Nonsense (not positive, not finite) is no measurement.
    pub(crate) fn observe(&mut self, value: f64, deviation: f64) {
        if !(value.is_finite() && value > 0.0) {
            return;
        }
        let noise = deviation * deviation;
        let spread = (self.variance + noise).sqrt();
        let surprise = (value.ln() - self.mean).clamp(-BELIEVED * spread, BELIEVED * spread);
        let gain = self.variance / (self.variance + noise);
        self.mean += gain * surprise;
        self.variance *= 1.0 - gain;
    }

    /// The expected reciprocal: seconds per unit.
    #[inline]
    pub(crate) fn reciprocal(&self) -> f64 {
        (0.5 * self.variance - self.mean).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEADY: Drift = Drift {
        deviation: 0.2,
        seconds: 60.0,
    };

    #[test]
    fn measurements_win_over_the_first_guess() {
        let mut filter = LogFilter::new(0.0, 0.25, 0.0);
        for second in 0..20 {
            filter.age(f64::from(second), STEADY);
            filter.observe(4.0, MEASUREMENT);
        }
        assert!(
            (filter.mean.exp() - 4.0).abs() < 0.4,
            "{}",
            filter.mean.exp()
        );
    }

    #[test]
    fn one_absurd_measurement_moves_little_and_nonsense_nothing() {
        let mut filter = LogFilter::new(0.0, 0.02, 0.0);
        filter.observe(1e12, MEASUREMENT);
        assert!(filter.mean.exp() < 1.3, "{}", filter.mean.exp());
        let before = filter;
        for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            filter.observe(nonsense, MEASUREMENT);
        }
        assert_eq!(filter, before);
    }

    #[test]
    fn certainty_fades_to_the_spread_of_a_session_in_one_step() {
        let mut filter = LogFilter::new(0.0, 0.01, 0.0);
        filter.age(1e6, STEADY);
        assert!((filter.variance - 0.05).abs() < 1e-12);
        filter.age(1.0, STEADY);
        assert!(
            (filter.variance - 0.05).abs() < 1e-12,
            "time does not run back"
        );
    }
}
