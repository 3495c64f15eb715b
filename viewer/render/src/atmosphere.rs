//! Daylight: what air does to the light of the sun, for a map of the sky, the sun's colour and the light on surfaces.
//!
//! Single scattering (Nishita et al. 1993) by air and dust, with ozone, on a round earth; light that is scattered more
//! than once is taken as even in all directions, after the measure of Hillaire 2020. Radiance is in units in which the
//! sun outside the air lights a surface that faces it with pi.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec2, Vec3};

/// Columns and rows of the map of the sky: see `sky.wgsl`.
pub(crate) const SKY_SIZE: [usize; 2] = [64, 64];

const EARTH: f32 = 6_371_000.0;
const AIR_TOP: f32 = 6_471_000.0;
/// Metres above the sea at which the sky is seen.
const EYE_HEIGHT: f32 = 150.0;
/// Scattering and absorption at the sea, per metre.
const AIR: Vec3 = Vec3::new(5.802e-6, 13.558e-6, 33.1e-6);
const DUST: f32 = 6.0e-6;
const DUST_EXTINCTION: f32 = 6.6e-6;
const OZONE: Vec3 = Vec3::new(0.65e-6, 1.881e-6, 0.085e-6);
/// How much dust scatters forward.
const FORWARD: f32 = 0.76;
/// What stars and towns leave of the night.
const NIGHT: Vec3 = Vec3::new(0.9e-4, 1.3e-4, 2.2e-4);
/// What the ground sends back.
const GROUND: f32 = 0.3;
const STEPS: usize = 28;

/// Columns (cosine of the angle to the zenith) and rows (height) of the table of transmittance.
const TABLE: [usize; 2] = [96, 32];

/// Light at one height of the sun.
#[derive(Debug, Clone)]
pub(crate) struct Daylight {
    /// Rows from the horizon to the zenith.
    pub(crate) sky: Vec<Vec3>,
    /// Of the sun on a surface that faces it, divided by pi.
    pub(crate) sun: Vec3,
    /// Coefficients of the light on a surface by its normal, divided by pi; the sun itself left out.
    pub(crate) irradiance: [Vec3; 9],
    /// What makes a bright wall bright in the picture.
    pub(crate) exposure: f32,
}

/// Air.
#[derive(Debug)]
pub(crate) struct Atmosphere {
    transmittance: Vec<Vec3>,
}

impl Atmosphere {
    pub(crate) fn new() -> Self {
        let [columns, rows] = TABLE;
        let transmittance = (0..rows * columns).map(|index| {
            let height = row_height(index / columns);
            // Finer at the horizon.
            let along = (index % columns) as f32 / (columns - 1) as f32 * 2.0 - 1.0;
            optical_depth(height, along * along.abs())
        });
        Self {
            transmittance: transmittance.map(|depth| (-depth).exp()).collect(),
        }
    }

    /// Light with the sun in this direction.
    pub(crate) fn daylight(&self, sun: Vec3) -> Daylight {
        let sun = sun.normalize_or(Vec3::Z);
        let sky = self.sky(sun);
        let light = self.sunlight(EYE_HEIGHT, sun.z);
        // Eyes hardly see how blue shade is; and walls light each other.
        let irradiance = irradiance(&sky, sun, light)
            .map(|coefficient| coefficient.lerp(Vec3::splat(luminance(coefficient)), 0.5) * 1.25);
        let level = luminance(light) * (0.35 + 0.65 * sun.z.max(0.0))
            + luminance(at_normal(&irradiance, Vec3::Z));
        // An eye gets used to most of a change of brightness, but not to all of it.
        let exposure = 1.65 / (level.powf(0.85) + 2e-3);
        Daylight {
            sky,
            sun: light,
            irradiance,
            exposure,
        }
    }

    fn sky(&self, sun: Vec3) -> Vec<Vec3> {
        let [columns, rows] = SKY_SIZE;
        // In the map's own frame the sun stands over +x.
        let sun = Vec3::new(Vec2::new(sun.x, sun.y).length(), 0.0, sun.z);
        (0..rows * columns)
            .map(|index| {
                let direction = map_direction(index % columns, index / columns);
                self.radiance(direction, sun) + NIGHT
            })
            .collect()
    }

    /// What comes from a direction.
    fn radiance(&self, direction: Vec3, sun: Vec3) -> Vec3 {
        let eye = Vec3::new(0.0, 0.0, EARTH + EYE_HEIGHT);
        let length = distance_to_sphere(eye.z, direction.z, AIR_TOP);
        let cosine = direction.dot(sun);
        let air_phase = 3.0 / (16.0 * PI) * (1.0 + cosine * cosine);
        let dust_phase = dust_phase(cosine);
        let mut seen = Vec3::ZERO;
        let mut clear = Vec3::ONE;
        let mut before = 0.0;
        for step in 0..STEPS {
            // Air near the eye matters most.
            let share = (step + 1) as f32 / STEPS as f32;
            let after = length * share * share;
            let p = eye + direction * ((before + after) / 2.0);
            let radius = p.length();
            let height = radius - EARTH;
            let (air, dust, extinction) = medium(height);
            let sunward = p.dot(sun) / radius;
            let sunlight = PI * self.sunlight(height, sunward);
            let even = PI * self.even_light(height, sunward);
            let scattered =
                air * (sunlight * air_phase + even) + dust * (sunlight * dust_phase + even);
            let through = (-extinction * (after - before)).exp();
            seen += clear * scattered * (Vec3::ONE - through) / extinction.max(Vec3::splat(1e-12));
            clear *= through;
            before = after;
        }
        seen
    }

    /// What is left of the sun's light at a height, the sun's angle to the zenith given by its cosine.
    fn sunlight(&self, height: f32, cosine: f32) -> Vec3 {
        // Behind the earth it is dark; the sun is half a degree wide.
        let ratio = EARTH / (EARTH + height.max(0.0));
        let horizon = -(1.0 - ratio * ratio).max(0.0).sqrt();
        let risen = smoothstep(horizon - 0.005, horizon + 0.005, cosine);
        self.transmittance(height, cosine.max(horizon)) * risen
    }

    /// Light scattered more than once, per unit of the sun's light and of scattering.
    fn even_light(&self, height: f32, cosine: f32) -> Vec3 {
        let risen = smoothstep(-0.22, 0.35, cosine);
        self.transmittance(height.max(12_000.0), cosine.max(0.04)) * (0.075 * risen * risen)
    }

    fn transmittance(&self, height: f32, cosine: f32) -> Vec3 {
        let [columns, rows] = TABLE;
        let row = (height.clamp(0.0, 99_000.0) / 99_000.0).sqrt() * (rows - 1) as f32;
        let along = cosine.abs().sqrt().copysign(cosine) * 0.5 + 0.5;
        bilinear(
            &self.transmittance,
            [columns, rows],
            Vec2::new(along * (columns - 1) as f32, row),
        )
    }
}

fn row_height(row: usize) -> f32 {
    let share = row as f32 / (TABLE[1] - 1) as f32;
    99_000.0 * share * share
}

/// Towards the outer edge of the air, or through the earth as if it were not there.
fn optical_depth(height: f32, cosine: f32) -> Vec3 {
    let radius = EARTH + height;
    let length = distance_to_sphere(radius, cosine, AIR_TOP);
    let steps = 64;
    (0..steps).fold(Vec3::ZERO, |sum, step| {
        let share = |step: usize| (step as f32 / steps as f32).powi(2) * length;
        let (before, after) = (share(step), share(step + 1));
        let along = (before + after) / 2.0;
        let square = radius * radius + along * along + 2.0 * radius * along * cosine;
        let (_, _, extinction) = medium((square.sqrt() - EARTH).max(0.0));
        sum + extinction * (after - before)
    })
}

/// From a point at a radius, in a direction given by the cosine of its angle to the zenith.
fn distance_to_sphere(radius: f32, cosine: f32, sphere: f32) -> f32 {
    let along = radius * cosine;
    // (sphere - radius)(sphere + radius) keeps the digits that squares lose.
    let square = along * along + (sphere - radius) * (sphere + radius);
    (square.max(0.0).sqrt() - along).max(0.0)
}

/// Scattering by air and by dust, and extinction, at a height.
fn medium(height: f32) -> (Vec3, Vec3, Vec3) {
    let air = AIR * (-height / 8000.0).exp();
    let dust = (-height / 1200.0).exp();
    let ozone = OZONE * (1.0 - (height - 25_000.0).abs() / 15_000.0).max(0.0);
    (
        air,
        Vec3::splat(DUST * dust),
        air + Vec3::splat(DUST_EXTINCTION * dust) + ozone,
    )
}

/// After Cornette and Shanks 1992.
fn dust_phase(cosine: f32) -> f32 {
    let square = FORWARD * FORWARD;
    let even = 3.0 * (1.0 - square) * (1.0 + cosine * cosine);
    even / (8.0 * PI * (2.0 + square) * (1.0 + square - 2.0 * FORWARD * cosine).powf(1.5))
}

/// The direction that a texel of the map shows, the sun over +x.
fn map_direction(column: usize, row: usize) -> Vec3 {
    let share = |index: usize, count: usize| (index as f32 / (count - 1) as f32).powi(2);
    let bearing = PI * share(column, SKY_SIZE[0]);
    let height = FRAC_PI_2 * share(row, SKY_SIZE[1]);
    Vec3::new(
        bearing.cos() * height.cos(),
        bearing.sin() * height.cos(),
        height.sin(),
    )
}

/// The sky in a direction of the world that is not below the horizon.
fn looked_up(sky: &[Vec3], sun: Vec3, direction: Vec3) -> Vec3 {
    let (flat, sun) = (Vec2::new(direction.x, direction.y), Vec2::new(sun.x, sun.y));
    let cosine = flat.dot(sun) / (flat.length() * sun.length()).max(1e-6);
    let place = Vec2::new(
        cosine.clamp(-1.0, 1.0).acos() / PI,
        direction.z.clamp(0.0, 1.0).asin() / FRAC_PI_2,
    );
    let place = Vec2::new(place.x.sqrt(), place.y.sqrt());
    let last = Vec2::new((SKY_SIZE[0] - 1) as f32, (SKY_SIZE[1] - 1) as f32);
    bilinear(sky, SKY_SIZE, place * last)
}

fn bilinear(table: &[Vec3], [columns, rows]: [usize; 2], place: Vec2) -> Vec3 {
    let (x, y) = (
        (place.x as usize).min(columns - 2),
        (place.y as usize).min(rows - 2),
    );
    let (right, down) = (place.x - x as f32, place.y - y as f32);
    let row = |y: usize| table[y * columns + x].lerp(table[y * columns + x + 1], right);
    row(y).lerp(row(y + 1), down)
}

/// Light from all directions by the normal, as nine coefficients (Ramamoorthi and Hanrahan 2001).
fn irradiance(sky: &[Vec3], sun: Vec3, sunlight: Vec3) -> [Vec3; 9] {
    let mut coefficients = [Vec3::ZERO; 9];
    let upper = sphere_directions().filter(|direction| direction.z > 0.0);
    for direction in upper.clone() {
        add(&mut coefficients, direction, looked_up(sky, sun, direction));
    }
    let onto_ground = at_normal(&coefficients, Vec3::Z) + sunlight * sun.z.max(0.0);
    let ground = onto_ground * GROUND * Vec3::new(1.0, 0.95, 0.85);
    for direction in upper {
        add(&mut coefficients, -direction, ground);
    }
    coefficients
}

/// Evenly spread; each stands for the same share of the sphere.
fn sphere_directions() -> impl Iterator<Item = Vec3> + Clone {
    const RINGS: usize = 32;
    (0..RINGS * 2 * RINGS).map(|index| {
        let z = 1.0 - 2.0 * ((index / (2 * RINGS)) as f32 + 0.5) / RINGS as f32;
        let bearing = ((index % (2 * RINGS)) as f32 + 0.5) * PI / RINGS as f32;
        let flat = (1.0 - z * z).sqrt();
        Vec3::new(bearing.cos() * flat, bearing.sin() * flat, z)
    })
}

/// The functions that coefficients belong to.
fn basis(n: Vec3) -> [f32; 9] {
    [
        1.0,
        n.y,
        n.z,
        n.x,
        n.x * n.y,
        n.y * n.z,
        3.0 * n.z * n.z - 1.0,
        n.x * n.z,
        n.x * n.x - n.y * n.y,
    ]
}

/// Adds the light of one of the evenly spread directions.
fn add(coefficients: &mut [Vec3; 9], direction: Vec3, radiance: Vec3) {
    // Squares of the norms of the functions over the sphere, times the cosine's own coefficients (1, 2/3, 1/4), all
    // divided by 4 pi: the mean over directions takes their place.
    const SCALE: [f32; 9] = [
        1.0,
        2.0,
        2.0,
        2.0,
        15.0 / 4.0,
        15.0 / 4.0,
        5.0 / 16.0,
        15.0 / 4.0,
        15.0 / 16.0,
    ];
    let count = sphere_directions().size_hint().0 as f32;
    for ((coefficient, function), scale) in coefficients.iter_mut().zip(basis(direction)).zip(SCALE)
    {
        *coefficient += radiance * (function * scale / count);
    }
}

/// The light on a surface, divided by pi.
fn at_normal(coefficients: &[Vec3; 9], normal: Vec3) -> Vec3 {
    coefficients
        .iter()
        .zip(basis(normal))
        .map(|(&coefficient, value)| coefficient * value)
        .sum()
}

fn luminance(color: Vec3) -> f32 {
    color.dot(Vec3::new(0.2126, 0.7152, 0.0722))
}

fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daylight(height_degrees: f32) -> (Daylight, Vec3) {
        let height = height_degrees.to_radians();
        let sun = Vec3::new(height.cos(), 0.0, height.sin());
        (Atmosphere::new().daylight(sun), sun)
    }

    #[test]
    fn an_even_sky_lights_all_normals_alike() {
        let mut coefficients = [Vec3::ZERO; 9];
        sphere_directions().for_each(|direction| add(&mut coefficients, direction, Vec3::ONE));
        for normal in [Vec3::X, Vec3::Y, Vec3::Z, Vec3::NEG_Z, Vec3::splat(0.577)] {
            assert!((at_normal(&coefficients, normal) - Vec3::ONE).length() < 0.01);
        }
    }

    #[test]
    fn a_half_sky_lights_by_the_share_that_is_seen() {
        let mut coefficients = [Vec3::ZERO; 9];
        let upper = sphere_directions().filter(|direction| direction.z > 0.0);
        upper.for_each(|direction| add(&mut coefficients, direction, Vec3::ONE));
        for (normal, share) in [(Vec3::Z, 1.0), (Vec3::X, 0.5), (Vec3::NEG_Z, 0.0)] {
            assert!(
                (at_normal(&coefficients, normal).x - share).abs() < 0.05,
                "{normal}"
            );
        }
    }

    #[test]
    fn noon_is_blue_and_sunset_is_red() {
        let (noon, sun) = daylight(50.0);
        let zenith = looked_up(&noon.sky, sun, Vec3::Z);
        assert!(zenith.z > 1.5 * zenith.x, "{zenith}");
        assert!(noon.sun.min_element() > 0.6, "{}", noon.sun);
        let (dusk, sun) = daylight(1.0);
        let glow = looked_up(&dusk.sky, sun, Vec3::new(1.0, 0.0, 0.02));
        assert!(glow.x > 1.5 * glow.z, "{glow}");
        assert!(dusk.sun.x > 4.0 * dusk.sun.z, "{}", dusk.sun);
    }

    #[test]
    fn light_falls_with_the_sun() {
        let level = |height| {
            let (light, sun) = daylight(height);
            luminance(light.sun) * sun.z.max(0.0) + luminance(at_normal(&light.irradiance, Vec3::Z))
        };
        let levels: Vec<_> = [60.0, 30.0, 10.0, 0.0, -4.0, -8.0, -18.0]
            .map(level)
            .to_vec();
        assert!(
            levels.windows(2).all(|pair| pair[0] > pair[1]),
            "{levels:?}"
        );
        assert!(
            levels[6] > 0.0 && levels[6] < levels[0] / 1000.0,
            "{levels:?}"
        );
    }
}
