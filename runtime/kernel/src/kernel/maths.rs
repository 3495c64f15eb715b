//! Mathematics of the language: angles in degrees, results through [`crate::math`].

use crate::Kernel;
use crate::limits::Stop;
use crate::math;

impl Kernel {
    /// `sin` of the table.
    pub(crate) fn sin(&mut self, x: f64) -> Result<f64, Stop> {
        Ok(math::sin_cos_degrees(x).0)
    }

    /// `cos` of the table.
    pub(crate) fn cos(&mut self, x: f64) -> Result<f64, Stop> {
        Ok(math::sin_cos_degrees(x).1)
    }

    /// `tan` of the table.
    pub(crate) fn tan(&mut self, x: f64) -> Result<f64, Stop> {
        Ok(math::tan_degrees(x))
    }

    /// `asin` of the table.
    pub(crate) fn asin(&mut self, x: f64) -> Result<f64, Stop> {
        self.warn_outside_unit(x, "asin");
        Ok(math::degrees(math::asin(x)))
    }

    /// `acos` of the table.
    pub(crate) fn acos(&mut self, x: f64) -> Result<f64, Stop> {
        self.warn_outside_unit(x, "acos");
        Ok(math::degrees(math::acos(x)))
    }

    /// `atan` of the table.
    pub(crate) fn atan(&mut self, x: f64) -> Result<f64, Stop> {
        Ok(math::degrees(math::atan(x)))
    }

    /// `atan2` of the table.
    pub(crate) fn atan2(&mut self, y: f64, x: f64) -> Result<f64, Stop> {
        Ok(math::degrees(math::atan2(y, x)))
    }

    /// `exp` of the table.
    pub(crate) fn exp(&mut self, x: f64) -> Result<f64, Stop> {
        Ok(math::exp(x))
    }

    /// `ln` of the table.
    pub(crate) fn ln(&mut self, x: f64) -> Result<f64, Stop> {
        Ok(math::ln(x))
    }

    /// `log10` of the table.
    pub(crate) fn log10(&mut self, x: f64) -> Result<f64, Stop> {
        Ok(math::log10(x))
    }

    /// `pow` of the table.
    pub(crate) fn pow(&mut self, base: f64, exponent: f64) -> Result<f64, Stop> {
        Ok(math::pow(base, exponent))
    }

    /// `remainder` of the table.
    pub(crate) fn remainder(&mut self, a: f64, b: f64) -> Result<f64, Stop> {
        Ok(a % b)
    }

    fn warn_outside_unit(&mut self, x: f64, function: &str) {
        if x.abs() > 1.0 {
            self.warn(format!("{function}: the argument is outside -1 to 1"));
        }
    }
}
