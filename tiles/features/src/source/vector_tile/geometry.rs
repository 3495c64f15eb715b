//! Commands of a polygon geometry (Mapbox vector tile specification, section 4.3).

/// Steps east and south of the tile's north-west corner.
pub(super) type Step = [i64; 2];
/// The outer ring, then the holes.
pub(super) type TilePolygon = Vec<Vec<Step>>;

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

/// A tile may reach this many sides beyond itself.
const FARTHEST: i64 = 16;

/// Decodes polygons in a tile of so many steps to a side. The error is the cause, for people.
pub(super) fn polygons(commands: &[u32], extent: i64) -> Result<Vec<TilePolygon>, &'static str> {
    let rings = rings(commands)?;
    let near = -FARTHEST * extent..=(FARTHEST + 1) * extent;
    if rings
        .iter()
        .flatten()
        .flatten()
        .all(|step| near.contains(step))
    {
        Ok(grouped(rings))
    } else {
        Err("geometry lies far outside its tile")
    }
}

/// Closed rings, the first point not repeated. Memory is linear in the number of commands.
fn rings(commands: &[u32]) -> Result<Vec<Vec<Step>>, &'static str> {
    let mut rings = Vec::new();
    let mut ring: Vec<Step> = Vec::new();
    let mut cursor: Step = [0, 0];
    let mut rest = commands;
    while let Some((command, parameters)) = rest.split_first() {
        let (kind, count) = (command & 7, (command >> 3) as usize);
        match kind {
            MOVE_TO | LINE_TO => {
                let taken = parameters.get(..count.saturating_mul(2));
                let taken = taken.ok_or("geometry ends within a command")?;
                if kind == MOVE_TO {
                    ring.clear();
                }
                for step in taken.as_chunks::<2>().0 {
                    for axis in 0..2 {
                        cursor[axis] += unzigzag(step[axis]);
                    }
                    ring.push(cursor);
                }
                rest = &parameters[taken.len()..];
            }
            CLOSE_PATH => {
                if ring.is_empty() {
                    return Err("geometry closes a ring that has no point");
                }
                // The specification forbids to repeat the first point; many writers do.
                if ring.len() > 1 && ring.first() == ring.last() {
                    ring.pop();
                }
                rings.push(std::mem::take(&mut ring));
                rest = parameters;
            }
            _ => return Err("geometry has an unknown command"),
        }
    }
    if ring.is_empty() {
        Ok(rings)
    } else {
        Err("geometry leaves a ring open")
    }
}

fn unzigzag(parameter: u32) -> i64 {
    i64::from((parameter >> 1) as i32 ^ -((parameter & 1) as i32))
}

/// Outer rings with the holes that follow them. Version 2 says that outer rings have positive area;
/// version 1 says nothing, and writers differ: the first ring is outer, and sets the sign.
fn grouped(rings: Vec<Vec<Step>>) -> Vec<TilePolygon> {
    let mut polygons: Vec<TilePolygon> = Vec::new();
    let mut outer_sign = 0;
    for ring in rings {
        let sign = twice_area(&ring).signum();
        if sign == 0 {
            continue;
        }
        if outer_sign == 0 {
            outer_sign = sign;
        }
        match polygons.last_mut() {
            Some(polygon) if sign != outer_sign => polygon.push(ring),
            _ => polygons.push(vec![ring]),
        }
    }
    polygons
}

/// Twice the signed area, exact.
fn twice_area(ring: &[Step]) -> i128 {
    let next = ring.iter().cycle().skip(1);
    let wide = |step: i64| i128::from(step);
    ring.iter()
        .zip(next)
        .map(|(a, b)| wide(a[0]) * wide(b[1]) - wide(b[0]) * wide(a[1]))
        .sum()
}
