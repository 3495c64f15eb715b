//! An estimate of a positive quantity that wanders: a Kalman filter of its logarithm.
//!
//! The logarithm is the sum of two parts: the session's own level, which stays, and a deviation from it, which comes and
//! goes (Ornstein-Uhlenbeck). After a silence the level is still known, and the deviation is unknown again.

/// Deviation of the logarithm of one measurement.
pub(crate) const MEASUREMENT: f64 = 0.25;
/// More than so many deviations from what was expected are not believed at once.
const BELIEVED: f64 = 3.0;
/// Variance that a level gains per second: networks and thermal states change for good, too.
const RESTLESS: f64 = 5e-5;
/// The most variance of a level.
const MOST: f64 = 1.0;

/// How a quantity wanders around its session's level: deviation of the logarithm, and the seconds that it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Drift {
    pub(crate) deviation: f64,
    pub(crate) seconds: f64,
}

/// Level, deviation, and their covariance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogFilter {
    level: f64,
    deviation: f64,
    level_variance: f64,
    deviation_variance: f64,
    covariance: f64,
    drift: Drift,
    at: f64,
}

impl LogFilter {
    /// A first guess, with the variance of its logarithm.
    pub(crate) fn new(mean: f64, variance: f64, drift: Drift, now: f64) -> Self {
        let wander = drift.deviation * drift.deviation;
        Self {
            level: mean,
            deviation: 0.0,
            level_variance: (variance - wander).max(0.25 * variance),
            deviation_variance: wander,
            covariance: 0.0,
            drift,
            at: now,
        }
    }

    /// Time passes: the deviation is forgotten.
    pub(crate) fn age(&mut self, now: f64) {
        let seconds = now - self.at;
        if seconds > 0.0 {
            let kept = (-seconds / self.drift.seconds).exp();
            let wander = self.drift.deviation * self.drift.deviation;
            self.deviation *= kept;
            self.deviation_variance = wander + kept * kept * (self.deviation_variance - wander);
            self.covariance *= kept;
            let most = MOST.max(self.level_variance);
            self.level_variance = (self.level_variance + RESTLESS * seconds).min(most);
            self.at = now;
        }
    }

    /// A measurement, with the deviation of its logarithm. Nonsense (not positive, not finite) is no measurement.
    pub(crate) fn observe(&mut self, value: f64, noise: f64) {
        if !(value.is_finite() && value > 0.0) {
            return;
        }
        let total = self.variance() + noise * noise;
        let spread = total.sqrt();
        let surprise = (value.ln() - self.mean()).clamp(-BELIEVED * spread, BELIEVED * spread);
        let level_gain = (self.level_variance + self.covariance) / total;
        let deviation_gain = (self.deviation_variance + self.covariance) / total;
        self.level += level_gain * surprise;
        self.deviation += deviation_gain * surprise;
        self.level_variance -= level_gain * level_gain * total;
        self.deviation_variance -= deviation_gain * deviation_gain * total;
        self.covariance -= level_gain * deviation_gain * total;
    }

    /// Mean of the logarithm now.
    #[inline]
    pub(crate) fn mean(&self) -> f64 {
        self.level + self.deviation
    }

    /// Mean of the logarithm over the session.
    pub(crate) fn level(&self) -> f64 {
        self.level
    }

    /// Variance of the logarithm now.
    #[inline]
    pub(crate) fn variance(&self) -> f64 {
        (self.level_variance + self.deviation_variance + 2.0 * self.covariance).max(0.0)
    }

    /// Variance of the session's level.
    pub(crate) fn level_variance(&self) -> f64 {
        self.level_variance.max(0.0)
    }

    /// The expected reciprocal: seconds per unit.
    #[inline]
    pub(crate) fn reciprocal(&self) -> f64 {
        (0.5 * self.variance() - self.mean()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEADY: Drift = Drift {
        deviation: 0.2,
        seconds: 60.0,
    };

    fn settled(value: f64) -> LogFilter {
        let mut filter = LogFilter::new(0.0, 0.25, STEADY, 0.0);
        for second in 0..200 {
            filter.age(f64::from(second));
            filter.observe(value, MEASUREMENT);
        }
        filter
    }

    #[test]
    fn measurements_win_over_the_first_guess() {
        let power = settled(4.0).mean().exp();
        assert!((power - 4.0).abs() < 0.2, "{power}");
    }

    #[test]
    fn one_absurd_measurement_moves_little_and_nonsense_nothing() {
        let mut filter = settled(1.0);
        filter.observe(1e12, MEASUREMENT);
        assert!(filter.mean().exp() < 1.3, "{}", filter.mean().exp());
        let before = filter;
        for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            filter.observe(nonsense, MEASUREMENT);
        }
        assert_eq!(filter, before);
    }

    #[test]
    fn a_lasting_change_is_followed() {
        let mut filter = settled(1.0);
        for second in 200..230 {
            filter.age(f64::from(second));
            filter.observe(0.1, MEASUREMENT);
        }
        assert!(filter.mean().exp() < 0.13, "{}", filter.mean().exp());
    }

    #[test]
    fn after_a_silence_the_level_is_still_known() {
        let mut filter = settled(4.0);
        filter.age(200.0 + 600.0);
        assert!(
            (3.0..4.5).contains(&filter.mean().exp()),
            "{}",
            filter.mean().exp()
        );
        let most = 0.04 + 800.0 * RESTLESS + 0.03;
        assert!(filter.variance() < most, "{}", filter.variance());
        let before = filter;
        filter.age(1.0);
        assert_eq!(filter, before, "time does not run back");
    }
}
