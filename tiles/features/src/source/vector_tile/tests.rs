use super::geometry::polygons;
use super::*;

/// Move to (x, y) relative, line to the others relative, close.
fn ring(steps: &[[i32; 2]]) -> Vec<u32> {
    let zigzag = |step: i32| ((step << 1) ^ (step >> 31)) as u32;
    let mut commands = vec![1 | (1 << 3)];
    commands.extend(steps[0].map(zigzag));
    commands.push(2 | ((steps.len() as u32 - 1) << 3));
    commands.extend(steps[1..].iter().flat_map(|step| step.map(zigzag)));
    commands.push(7 | (1 << 3));
    commands
}

#[test]
fn tile_coordinates_come_from_the_name() {
    let id = TileId {
        level: 15,
        column: 5237,
        row: 12665,
    };
    for name in [
        "15-5237-12665.mvt",
        "a-1/15/5237/12665.mvt",
        "x/15-5237-12665.mvt.gz",
    ] {
        assert_eq!(TileId::from_name(name), Some(id), "{name}");
    }
    for name in [
        "tile.mvt",
        "1-2-3.mvt",
        "99-1-1.mvt",
        "",
        "15-5237.mvt",
        "-.mvt",
    ] {
        assert_eq!(TileId::from_name(name), None, "{name}");
    }
}

#[test]
fn a_ring_of_the_other_sign_is_a_hole_and_one_of_the_same_sign_a_new_polygon() {
    let mut commands = ring(&[[0, 0], [9, 0], [0, 9], [-9, 0]]);
    commands.extend(ring(&[[3, -6], [0, 3], [3, 0], [0, -3]]));
    commands.extend(ring(&[[20, 0], [9, 0], [0, 9], [-9, 0]]));
    let polygons = polygons(&commands, 4096).unwrap();
    assert_eq!(polygons.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(polygons[0][1], [[3, 3], [3, 6], [6, 6], [6, 3]]);
}

#[test]
fn broken_geometry_is_an_error() {
    let far = ring(&[[0, 0], [9_000_000, 0], [0, 9]]);
    let cases: [&[u32]; 6] = [
        &far,
        &[9, 0],
        &[15],
        &[9, 0, 0, 3],
        &[u32::MAX - 6],
        &[9, 0, 0],
    ];
    for commands in cases {
        assert!(polygons(commands, 4096).is_err(), "{commands:?}");
    }
}
