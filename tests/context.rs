//! Questions about neighbours get the same answers wherever the borders of tiles are, and in whatever order features come.

#[path = "support/obj.rs"]
mod obj;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use gable_kernel::recipe::Format;
use gable_runtime::{Engine, EngineOptions};
use gable_world::{Layer, World};

/// Rules that ask everything of their neighbours that can be asked.
const GRAMMAR: &str = r#"
attr height = 5
@StartRule
Lot -->
    extrude(height) label("house")
    comp(f) { side : Wall | top : Roof }
Wall --> split(x) { ~2 : split(y) { ~2.5 : Tile }* }*
Tile -->
    report("tiles", 1) report("inside", inside(inter)) report("touches", touches(inter))
    report("overlaps", overlaps(all, "house"))
    Pane
Pane -->
    case inside(inter) : NIL
    case touches(inter) : Blind.
    else : extrude(0.1) Window.
Roof -->
    report("near", contextCount(inter, "house"))
    report("higher", contextCompare(inter, "house", world.highest))
    Top
Top -->
    case minimumDistance(inter, "house") < 0.5 : Flat.
    else : roofHip(30) Free.
"#;

/// Rules for the squares of a grid: blocks of chance heights, which ask theirs.
const CELLS: &str = r#"
attr height = rand(3, 12)
@StartRule
Block --> extrude(height) comp(f) { side : Wall | top : Roof. }
Wall --> split(y) { ~1 : Tile }*
Tile -->
    report("tiles", 1)
    report("touches", touches(inter)) report("inside", inside(inter)) report("any", touches)
    Pane
Pane -->
    case inside(inter) : NIL
    else : Wood.
"#;

/// Terraces of houses of chance widths and heights; every third house stands apart.
fn houses() -> String {
    let mut state = 3_u64;
    let mut random = |low: f64, high: f64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        low + (high - low) * (state >> 40) as f64 / f64::from(1 << 24)
    };
    let mut features = Vec::new();
    for row in 0..6 {
        let (mut x, z) = (0.0, 11.0 * f64::from(row));
        for number in 0..12 {
            let (width, height) = (random(4.0, 9.0), random(4.0, 12.0));
            let degrees = |x: f64, y: f64| format!("[{},{}]", x / 111_319.5, y / 111_319.5);
            let ring = [
                (x, z),
                (x + width, z),
                (x + width, z + 10.0),
                (x, z + 10.0),
                (x, z),
            ];
            let ring = ring.map(|(x, y)| degrees(x, y)).join(",");
            features.push(format!(
                r#"{{"type":"Feature","id":"{row}/{number}","properties":{{"height":{height}}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#
            ));
            x += width + if number % 3 == 2 { 0.3 } else { 0.0 };
        }
    }
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

/// All polygons of a level of a layer, as sorted text, and sums of what its tiles report.
fn level(world: &World, layer: &Layer, level: u8) -> (Vec<String>, BTreeMap<String, [f64; 3]>) {
    let (mut polygons, mut reports) = (Vec::new(), BTreeMap::new());
    for tile in layer.tiles(level).filter(|&tile| layer.has_content(tile)) {
        let mut recipe = layer.recipe(tile).expect("it has content");
        recipe.output.format = Format::Obj;
        let content = layer.grammar().rules().generate(&recipe, world.assets());
        let content = content.expect("the grammar runs");
        for polygon in obj::polygons(&String::from_utf8_lossy(&content.bytes)) {
            let mut text = String::new();
            for point in &polygon {
                write!(text, "{point:.4} ").expect("a string takes it");
            }
            polygons.push(text.replace("-0.0000", "0.0000"));
        }
        for (key, report) in &content.summary.reports {
            let sums: &mut [f64; 3] = reports.entry(key.clone()).or_default();
            let trues = report.bools.get("true").copied().unwrap_or(0);
            sums[0] += report.n as f64;
            sums[1] += report.sum.unwrap_or(0.0);
            sums[2] += trues as f64;
        }
    }
    polygons.sort();
    (polygons, reports)
}

fn world(folder: &Path, layer: &str) -> World {
    std::fs::write(folder.join("houses.cga"), GRAMMAR).expect("writable");
    std::fs::write(folder.join("cells.cga"), CELLS).expect("writable");
    std::fs::write(folder.join("houses.geojson"), houses()).expect("writable");
    let text = format!("name = 'W'\norigin = [0.0, 0.0, 0.0]\n[[layer]]\nname = 'a'\n{layer}");
    let file = folder.join("world.toml");
    std::fs::write(&file, text).expect("writable");
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    World::open(&file, &engine).expect("a world")
}

#[test]
fn neighbours_across_the_borders_of_tiles_are_neighbours() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut seen = Vec::new();
    for side in [8, 20, 1000] {
        let features = "grammar = 'houses.cga'\nfeatures = 'houses.geojson'\nneighbourhood = 15.0";
        let world = world(folder.path(), &format!("{features}\ntile = {side}.0\n"));
        let layer = world.layer("a").expect("the layer");
        assert!(layer.left_out().is_empty(), "{:?}", layer.left_out());
        seen.push((side, level(&world, layer, layer.levels() - 1)));
    }
    let (_, whole) = seen.pop().expect("three");
    for (side, tiled) in seen {
        assert!(tiled.0 == whole.0, "polygons differ with tiles of {side} m");
        assert_eq!(tiled.1, whole.1, "reports differ with tiles of {side} m");
    }
    // The answers are not all the same.
    let [tiles, _, _] = whole.1["tiles"];
    for key in ["inside", "touches"] {
        let [_, _, trues] = whole.1[key];
        assert!(
            trues > 50.0 && trues < tiles / 2.0,
            "{key}: {trues} of {tiles}"
        );
    }
    assert!(whole.1["near"][1] > 72.0 && whole.1["higher"][1] > 72.0);
}

#[test]
fn cells_ask_the_cells_around_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let layer = "grammar = 'cells.cga'\ncells = { side = 10.0, levels = 4 }\n";
    let world = world(folder.path(), layer);
    let layer = world.layer("a").expect("the layer");
    let finest = level(&world, layer, 3);
    let [tiles, _, _] = finest.1["tiles"];
    let trues = finest.1["touches"][2];
    assert!(
        trues > 0.2 * tiles && trues < 0.9 * tiles,
        "{trues} of {tiles}"
    );
    // All cells in one recipe, which needs no others around it.
    let fine: Vec<_> = layer
        .tiles(3)
        .map(|tile| layer.recipe(tile).expect("content"))
        .collect();
    assert!(fine.iter().all(|recipe| recipe.context.len() >= 3));
    let mut recipe = fine[0].clone();
    recipe.shapes = fine.into_iter().flat_map(|recipe| recipe.shapes).collect();
    recipe.context.clear();
    let whole = layer.grammar().rules().generate(&recipe, world.assets());
    let whole = whole.expect("it runs");
    for key in ["touches", "inside", "any"] {
        let report = &whole.summary.reports[key];
        let trues = report.bools.get("true").copied().unwrap_or(0) as f64;
        assert_eq!(trues, finest.1[key][2], "{key}");
    }
}

#[test]
fn the_order_of_features_does_not_matter() {
    let folder = tempfile::tempdir().expect("a folder");
    let features = "grammar = 'houses.cga'\nfeatures = 'houses.geojson'\ntile = 1000.0\n";
    let world = world(folder.path(), features);
    let layer = world.layer("a").expect("the layer");
    let mut recipe = layer
        .recipe("0/0/0".parse().expect("a tile"))
        .expect("content");
    recipe.output.format = Format::Obj;
    let mut seen = Vec::new();
    for _ in 0..2 {
        recipe.shapes.reverse();
        let content = layer
            .grammar()
            .rules()
            .generate(&recipe, world.assets())
            .expect("it runs");
        let mut lines = obj::polygons(&String::from_utf8_lossy(&content.bytes));
        lines.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
        seen.push(lines);
    }
    assert!(seen[0] == seen[1]);
}
