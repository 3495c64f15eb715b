//! The only door to transcendental functions: the `libm` crate gives the same bits natively and in Wasm.

use std::f64::consts::PI;

/// Sine of radians.
pub fn sin(radians: f64) -> f64 {
    libm::sin(radians)
}

/// Cosine of radians.
pub fn cos(radians: f64) -> f64 {
    libm::cos(radians)
}

/// Tangent of radians.
pub fn tan(radians: f64) -> f64 {
    libm::tan(radians)
}

/// Arc sine in radians; NaN outside [-1, 1].
pub fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// Arc cosine in radians; NaN outside [-1, 1].
pub fn acos(x: f64) -> f64 {
    libm::acos(x)
}

/// Arc tangent in radians.
pub fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// The angle of the vector (x, y) in radians.
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// The exponential function.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// The decimal logarithm.
pub fn log10(x: f64) -> f64 {
    libm::log10(x)
}

/// `base` to the power `exponent`.
pub fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

/// The length of the vector (x, y).
pub fn hypot(x: f64, y: f64) -> f64 {
    libm::hypot(x, y)
}

/// The sum, zero when there is nothing; the standard library's is minus zero then, which authors would see.
pub fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}

/// Radians to degrees.
pub fn degrees(radians: f64) -> f64 {
    radians * (180.0 / PI)
}

/// Degrees to radians.
pub fn radians(degrees: f64) -> f64 {
    degrees * (PI / 180.0)
}

/// Sine and cosine of degrees, exact at multiples of 90.
pub fn sin_cos_degrees(degrees: f64) -> (f64, f64) {
    let turned = degrees % 360.0;
    let quarter = turned / 90.0;
    if quarter == quarter.trunc() {
        return match quarter.rem_euclid(4.0) {
            1.0 => (1.0, 0.0),
            2.0 => (0.0, -1.0),
            3.0 => (-1.0, 0.0),
            _ => (0.0, 1.0),
        };
    }
    let angle = radians(turned);
    (sin(angle), cos(angle))
}

/// Tangent of degrees, exact at 0 and 45.
pub fn tan_degrees(degrees: f64) -> f64 {
    match degrees {
        45.0 => 1.0,
        -45.0 => -1.0,
        0.0 => 0.0,
        _ => tan(radians(degrees)),
    }
}
