//! Viewers who walk a quadtree world: requests are the tiles that come into view and are not in the viewer's own cache.

use super::Visit;
use crate::bounded::Bounded;
use crate::simulate::random::{Random, Zipf};

const SIGHTS: usize = 100;
const SIGHTS_EXPONENT: f64 = 0.9;
const REQUESTS_PER_SECOND: f64 = 45.0;
const SESSION_SECONDS: f64 = 240.0;
/// Walkers are there before the recording begins.
const BEFORE: f64 = 200.0;
/// Tiles that a viewer keeps.
const OWN_CACHE: usize = 400;
const COARSEST: u32 = 3;
const GROUPS: [usize; 8] = [1, 1, 2, 3, 4, 6, 8, 12];

type Point = [f64; 2];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    /// From sight to sight.
    Sights,
    /// Anywhere.
    Wander,
    /// To where the crowd gathers.
    Crowd,
}

/// Some who walk the same path.
struct Unit {
    start: f64,
    seconds: f64,
    members: usize,
    mode: Mode,
}

struct World {
    sights: Vec<Point>,
    law: Zipf,
    crowd: Point,
}

impl World {
    fn sight(&self, random: &mut Random) -> Point {
        self.sights[self.law.draw(random)]
    }

    fn destination(&self, mode: Mode, random: &mut Random) -> Point {
        match mode {
            Mode::Sights => near(self.sight(random), 0.003, random),
            Mode::Wander => [random.unit(), random.unit()],
            Mode::Crowd => near(self.crowd, 0.004, random),
        }
    }
}

fn near([x, y]: Point, deviation: f64, random: &mut Random) -> Point {
    [random.normal(x, deviation), random.normal(y, deviation)]
}

/// Walks of a kind: `solo`, `group`, `flash`, `explore`, `mixed`.
#[expect(clippy::cast_precision_loss, reason = "thousands")]
pub(super) fn visits(kind: &str, requests: usize, random: &mut Random) -> Vec<Visit> {
    let duration = requests as f64 / REQUESTS_PER_SECOND;
    let world = World {
        sights: (0..SIGHTS)
            .map(|_| [random.unit(), random.unit()])
            .collect(),
        law: Zipf::new(SIGHTS, SIGHTS_EXPONENT),
        crowd: [0.2 + 0.6 * random.unit(), 0.2 + 0.6 * random.unit()],
    };
    let mut visits = Vec::new();
    let mut client = 0;
    for unit in units(kind, duration, random) {
        let (finest, path) = walk(&world, &unit, random);
        for member in 0..unit.members {
            let (lag, offset) = if member == 0 {
                (0.0, [0.0, 0.0])
            } else {
                (8.0 * random.unit(), near([0.0, 0.0], 0.0012, random))
            };
            let path = path.iter().map(|[x, y]| [x + offset[0], y + offset[1]]);
            look(path, finest, |second, tile| {
                let at = unit.start + lag + second;
                if (0.0..=duration).contains(&at) {
                    visits.push(Visit {
                        at: at + 0.9 * random.unit(),
                        tile,
                        client,
                    });
                }
            });
            client += 1;
        }
    }
    visits.sort_by(|a, b| a.at.total_cmp(&b.at));
    visits.truncate(requests + requests / 2);
    visits
}

/// Who walks when. The numbers of viewers give about 45 requests a second.
fn units(kind: &str, duration: f64, random: &mut Random) -> Vec<Unit> {
    let (viewers, wandering, alone) = match kind {
        "solo" => (30.0, 0.08, true),
        "explore" => (56.0, 1.0, true),
        "flash" => (26.0, 0.08, false),
        "mixed" => (30.0, 0.25, false),
        _ => (32.0, 0.08, false),
    };
    let mean_members = if alone { 1.0 } else { 37.0 / 8.0 };
    let mut list = Vec::new();
    let mut now = -BEFORE;
    while now < duration {
        now += random.exponential(SESSION_SECONDS * mean_members / viewers);
        list.push(Unit {
            start: now,
            seconds: random.exponential(SESSION_SECONDS) + 30.0,
            members: if alone {
                1
            } else {
                GROUPS[random.below(GROUPS.len())]
            },
            mode: if random.unit() < wandering {
                Mode::Wander
            } else {
                Mode::Sights
            },
        });
    }
    if kind == "flash" || kind == "mixed" {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "about a hundred"
        )]
        for _ in 0..(viewers * 4.0) as usize {
            list.push(Unit {
                start: 0.45 * duration + random.exponential(25.0),
                seconds: 90.0 + random.exponential(60.0),
                members: 1,
                mode: Mode::Crowd,
            });
        }
    }
    list
}

/// A path, one place a second, and the finest level that is seen on it.
fn walk(world: &World, unit: &Unit, random: &mut Random) -> (u32, Vec<Point>) {
    let mode = unit.mode;
    let mut place = match mode {
        Mode::Sights => near(world.sight(random), 0.004, random),
        Mode::Wander => [random.unit(), random.unit()],
        Mode::Crowd => near(world.crowd, 0.002, random),
    };
    let mut target = match mode {
        Mode::Sights => world.sight(random),
        Mode::Wander => [random.unit(), random.unit()],
        Mode::Crowd => world.crowd,
    };
    let finest = if mode == Mode::Wander {
        [6, 7, 8][random.below(3)]
    } else {
        [7, 8, 8, 9][random.below(4)]
    };
    let speed = 0.0012 / f64::from(1u32 << (finest - 6));
    let mut heading = std::f64::consts::TAU * random.unit();
    let mut rest = 0.0;
    let mut path = Vec::new();
    let mut second = 0.0;
    while second < unit.seconds.floor() {
        second += 1.0;
        path.push(place);
        let step;
        let (dx, dy) = (target[0] - place[0], target[1] - place[1]);
        let distance = dx.hypot(dy);
        let arrived = if mode == Mode::Crowd { 0.008 } else { 0.004 };
        if rest > 0.0 {
            rest -= 1.0;
            heading += random.normal(0.0, 0.5);
            step = 0.35 * speed;
        } else if distance < arrived {
            rest = random.exponential(40.0).floor() + 5.0;
            target = world.destination(mode, random);
            step = 0.0;
        } else {
            heading = dy.atan2(dx) + random.normal(0.0, 0.3);
            let fast = distance > 0.06 && mode == Mode::Sights;
            step = speed * if fast { 4.0 } else { 1.0 };
        }
        place[0] = (place[0] + step * heading.cos()).clamp(0.0005, 0.9995);
        place[1] = (place[1] + step * heading.sin()).clamp(0.0005, 0.9995);
    }
    (finest, path)
}

/// Calls for each tile that comes into view on a path and is not in the viewer's own cache: second, tile.
fn look(path: impl Iterator<Item = Point>, finest: u32, mut ask: impl FnMut(f64, u64)) {
    let mut own = Bounded::new(OWN_CACHE);
    let mut second = 0.0;
    for [x, y] in path {
        for level in COARSEST..=finest {
            for tile in around([x, y], level) {
                let known = own.get(tile).is_some();
                own.touch(tile, || ());
                if !known {
                    ask(second, tile);
                }
            }
        }
        second += 1.0;
    }
}

/// The tile at a place and its neighbours, as numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the world"
)]
fn around([x, y]: Point, level: u32) -> impl Iterator<Item = u64> {
    let side = f64::from(1u32 << level);
    let column = (x.clamp(0.0, 0.99999) * side) as i64;
    let row = (y.clamp(0.0, 0.99999) * side) as i64;
    let end = 1i64 << level;
    (-1..=1)
        .flat_map(move |dx| (-1..=1).map(move |dy| (column + dx, row + dy)))
        .filter(move |(x, y)| (0..end).contains(x) && (0..end).contains(y))
        .map(move |(x, y)| u64::from(level) << 24 | (x as u64) << 12 | y as u64)
}
