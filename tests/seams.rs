//! Cells of the endless city fit together: on the border of two neighbours both make the same ground, kerbs and marks,
//! and what a cell is does not depend on what else is made.

#[path = "support/obj.rs"]
mod obj;
#[path = "support/grammars.rs"]
mod support;

use std::collections::BTreeSet;

use gable_compiler::Artifact;
use gable_kernel::recipe::{Format, InitialShape, Output, Recipe, Value};
use gable_runtime::asset::AssetStore;
use gable_runtime::{Engine, EngineOptions, NativeRules};
use glam::DVec3;

/// Width of a cell in metres.
const CELL: f64 = 256.0;
/// How far apart points of two cells may be that are meant to be one, in metres.
const TOLERANCE: f64 = 1e-9;
/// Of a cell at each level of detail: level, most triangles drawn, most bytes of GLB.
const BUDGETS: [(f64, u64, usize); 4] = [
    (2.0, 170_000, 3_600_000),
    (1.0, 25_000, 1_100_000),
    (0.0, 4_000, 250_000),
    (-4.0, 600, 40_000),
];
/// Below the crowns of trees that stand on a border, above every kerb; in metres.
const STREET_LEVEL: f64 = 1.0;
/// Cells with an avenue to the west and to the south, streets only, a river, a park, far west and south of the origin,
/// and far away.
const CELLS: [(i32, i32); 6] = [
    (0, 0),
    (1, 1),
    (3, 2),
    (-6, -3),
    (22, 9),
    (1_000_003, -2_000_001),
];

/// A bundled grammar, ready to run.
struct City {
    artifact: Artifact,
    assets: AssetStore,
    rules: NativeRules,
}

fn city(name: &str) -> City {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let artifact = support::compile_file(
        &support::root()
            .join("assets/grammars")
            .join(format!("{name}.cga")),
    );
    let rules = NativeRules::load(&engine, &artifact.wasm).expect("our own modules are accepted");
    City {
        artifact,
        assets: support::assets(),
        rules,
    }
}

/// A cell, and where its square lies: so many cells to the east and north of the place's origin; x is east, z south, the
/// first edge is the south one.
#[derive(Clone, Copy)]
struct Cell {
    column: i32,
    row: i32,
    east: i32,
    north: i32,
}

impl Cell {
    fn at((column, row): (i32, i32)) -> Self {
        Self {
            column,
            row,
            east: 0,
            north: 0,
        }
    }

    /// The neighbour so many cells away, which lies beside it.
    fn neighbour(self, east: i32, north: i32) -> Self {
        Self {
            column: self.column + east,
            row: self.row + north,
            east: self.east + east,
            north: self.north + north,
        }
    }

    fn shape(self) -> InitialShape {
        let (west, south) = (f64::from(self.east) * CELL, -f64::from(self.north) * CELL);
        let number = |value: i32| Value::Float(f64::from(value));
        InitialShape {
            name: format!("{}/{}", self.column, self.row),
            polygons: support::rectangle(west, south - CELL, CELL, CELL)
                .into_iter()
                .map(|ring| vec![ring])
                .collect(),
            attributes: vec![
                ("cellX".to_owned(), number(self.column)),
                ("cellY".to_owned(), number(self.row)),
            ],
            seed: 11,
            ..InitialShape::default()
        }
    }
}

/// Where two cells meet, in metres.
#[derive(Clone, Copy)]
enum Border {
    X(f64),
    Z(f64),
}

impl Border {
    /// The place along the border and the height of a point that lies on it.
    fn place(self, point: DVec3) -> Option<[f64; 2]> {
        let (off, along) = match self {
            Self::X(x) => (point.x - x, point.z),
            Self::Z(z) => (point.z - z, point.x),
        };
        (off.abs() <= TOLERANCE && point.y < STREET_LEVEL).then_some([along, point.y])
    }
}

impl City {
    fn recipe(&self, shapes: Vec<InitialShape>, lod: f64, format: Format) -> Recipe {
        Recipe {
            kernel: gable_runtime::kernel_hash(),
            module: gable_runtime::hash::sha256(&self.artifact.wasm),
            assets: self.assets.references(),
            shapes,
            attributes: vec![("LOD".to_owned(), Value::Float(lod))],
            output: Output {
                format,
                ..Output::default()
            },
            ..Recipe::default()
        }
    }

    fn content(&self, shapes: Vec<InitialShape>, lod: f64, format: Format) -> Vec<u8> {
        let recipe = self.recipe(shapes, lod, format);
        let content = self.rules.generate(&recipe, &self.assets);
        content.unwrap_or_else(|error| panic!("{error}")).bytes
    }

    fn polygons(&self, cells: &[Cell], lod: f64) -> Vec<Vec<DVec3>> {
        let shapes = cells.iter().map(|cell| cell.shape()).collect();
        let text = String::from_utf8(self.content(shapes, lod, Format::Obj));
        obj::polygons(&text.expect("OBJ is text"))
    }

    /// The points of a cell on a border, each once.
    fn profile(&self, cell: Cell, lod: f64, border: Border) -> Vec<[f64; 2]> {
        let points = self.polygons(&[cell], lod).into_iter().flatten();
        let mut profile: Vec<[f64; 2]> = Vec::new();
        for place in points.filter_map(|point| border.place(point)) {
            if !profile.iter().any(|known| same(*known, place)) {
                profile.push(place);
            }
        }
        profile
    }
}

fn same(a: [f64; 2], b: [f64; 2]) -> bool {
    (a[0] - b[0]).abs() <= TOLERANCE && (a[1] - b[1]).abs() <= TOLERANCE
}

/// Every point of one profile is in the other.
fn assert_same(what: &str, one: &[[f64; 2]], other: &[[f64; 2]]) {
    for (these, those) in [(one, other), (other, one)] {
        for &point in these {
            assert!(
                those.iter().any(|&there| same(point, there)),
                "{what}: {point:?} is on one side only"
            );
        }
    }
}

#[test]
fn neighbouring_cells_make_the_same_street_on_their_border() {
    let city = city("endless_city");
    for place in CELLS {
        let cell = Cell::at(place);
        for lod in [0.0, 1.0, 2.0] {
            for (neighbour, border) in [
                (cell.neighbour(1, 0), Border::X(CELL)),
                (cell.neighbour(0, 1), Border::Z(-CELL)),
            ] {
                let what = format!("{place:?} at LOD {lod}");
                let ours = city.profile(cell, lod, border);
                let theirs = city.profile(neighbour, lod, border);
                assert!(ours.len() >= 2, "{what}: the street reaches the border");
                assert!(
                    lod < 1.0 || ours.len() >= 8,
                    "{what}: marks or a kerbed green lie on the border"
                );
                assert_same(&what, &ours, &theirs);
            }
        }
    }
}

#[test]
fn ground_goes_on_without_a_step() {
    let ground = city("ground");
    for lod in [-2.0, 0.0, 2.0] {
        let cell = Cell::at((0, 0));
        let ours = ground.profile(cell, lod, Border::X(CELL));
        let theirs = ground.profile(cell.neighbour(1, 0), lod, Border::X(CELL));
        assert_eq!(ours.len(), 2, "two corners");
        assert!(ours.iter().all(|point| point[1] < 0.0), "below the shape");
        assert_same("ground", &ours, &theirs);
    }
}

#[test]
fn a_cell_does_not_depend_on_what_is_made_with_it() {
    let city = city("endless_city");
    let cell = Cell::at((3, 1));
    let neighbour = cell.neighbour(1, 0);
    let alone = city.polygons(&[cell], 1.0);
    let with_others = city.polygons(&[neighbour, cell], 1.0);
    let key = |polygon: &[DVec3]| -> Vec<[u64; 3]> {
        polygon
            .iter()
            .map(|point| point.to_array().map(f64::to_bits))
            .collect()
    };
    let there: BTreeSet<_> = with_others.iter().map(|polygon| key(polygon)).collect();
    let missing = alone.iter().filter(|it| !there.contains(&key(it))).count();
    assert_eq!(missing, 0, "of {} polygons", alone.len());
    let first = city.content(vec![cell.shape()], 2.0, Format::Glb);
    city.content(vec![neighbour.shape()], 2.0, Format::Glb);
    let second = city.content(vec![cell.shape()], 2.0, Format::Glb);
    assert!(first == second, "the same bytes after its neighbour");
}

#[test]
fn every_kind_of_cell_keeps_to_its_budget() {
    let city = city("endless_city");
    for (lod, most_triangles, most_bytes) in BUDGETS {
        for column in -2..3 {
            for row in -2..3 {
                let at = (9 * column, 7 * row);
                let recipe = city.recipe(vec![Cell::at(at).shape()], lod, Format::Glb);
                let content = city.rules.generate(&recipe, &city.assets);
                let content = content.unwrap_or_else(|error| panic!("{at:?}: {error}"));
                let drawn = content.summary.counts.drawn_triangles;
                assert!(drawn > 0, "{at:?} at LOD {lod} is not empty");
                assert!(
                    drawn <= most_triangles && content.bytes.len() <= most_bytes,
                    "{at:?} at LOD {lod}: {drawn} triangles, {} bytes",
                    content.bytes.len()
                );
            }
        }
    }
}
