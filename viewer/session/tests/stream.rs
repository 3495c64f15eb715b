//! A session with a loader that does what the test says, drawn by whatever device there is.

use gable_model::{
    Features, ImageSource, Instance, Material, Model, NO_FEATURE, Part, Texture, Vertex,
};
use gable_render::{Gpu, GpuOptions, Quality, Renderer, Settings};
use gable_session::loader::{Event, Loader, Origin, Pixels};
use gable_session::session::Session;
use gable_session::world::World;
use gable_tileset::{Bounds, LayerTiles, Subtree, TileId};
use gable_view::camera::Camera;
use gable_view::selection::Key;
use gable_view::stream::Limits;
use glam::{DVec3, Vec3};

/// Answers at once; images by this.
struct Desk {
    events: Vec<Event>,
    image: Result<Pixels, String>,
    asked_for: Vec<ImageSource>,
}

impl Loader for Desk {
    fn fetch_subtree(&mut self, key: Key) {
        let only = |tile: TileId| tile == TileId::ROOT;
        let subtree = Subtree::new(key.tile, 1, only, only, |_| false);
        self.events.push(Event::Subtree(key, Ok(Some(subtree))));
    }

    fn begin(&mut self, key: Key) {
        let tile = (Box::new(wall()), Origin::default());
        self.events.push(Event::Tile(key, Ok(tile)));
    }

    fn cancel(&mut self, _key: Key) {}

    fn fetch_image(&mut self, source: ImageSource) {
        self.asked_for.push(source.clone());
        self.events.push(Event::Image(source, self.image.clone()));
    }

    fn next(&mut self) -> Option<Event> {
        self.events.pop()
    }
}

/// A wall of ten by ten metres with an image on it.
fn wall() -> Model {
    let vertex = |x: i16, z: i16| Vertex {
        position: [x, 0, z],
        feature: NO_FEATURE,
        normal: [0, -127, 0, 0],
        uv: [0; 2],
    };
    let texture = Texture {
        image: 0,
        offset: [0.0; 2],
        rotation: 0.0,
        scale: [1.0; 2],
    };
    Model {
        origin: DVec3::new(5.0, 5.0, 5.0),
        vertices: vec![
            vertex(-32767, -32767),
            vertex(32767, -32767),
            vertex(32767, 32767),
            vertex(-32767, 32767),
        ],
        indices: vec![0, 1, 2, 0, 2, 3],
        instances: vec![Instance {
            translation: [0.0; 3],
            tile: 0,
            rotation: [0, 0, 0, 32767],
            scale: [5.0; 3],
            look: 0,
            feature: NO_FEATURE.into(),
        }],
        parts: vec![Part {
            vertices: 0..4,
            indices: 0..6,
            instances: 0..1,
            material: 0,
            uv: [[0.0; 2], [1.0; 2]],
            bounds: [Vec3::splat(-5.0), Vec3::splat(5.0)],
        }],
        materials: vec![Material {
            base_color_texture: Some(texture),
            ..Material::default()
        }],
        images: vec![ImageSource::Address("/wall.png".to_owned())],
        features: Features::default(),
    }
}

fn world() -> World {
    let layer = LayerTiles {
        name: "a".to_owned(),
        revision: "1".to_owned(),
        bounds: Bounds {
            low: [0.0; 3],
            high: [10.0; 3],
        },
        levels: 1,
        subtree_levels: 1,
        root_error: 1.0,
    };
    let tiles = gable_tileset::World {
        layers: &[layer],
        transform: None,
        attribution: &[],
        gltf_extensions: &[],
    };
    let manifest = r#"{"id":"w","name":"W","description":"","attribution":[],"layers":[
        {"name":"a","revision":"1","levels":1,"features":null,"tile":"","content":"","recipe":"",
        "modules":[],"assets":[],"attributes":[]}],
        "kernel":{"sha256":"","uri":"","bytes":0}}"#;
    World::read(tiles.tileset().to_json().as_bytes(), manifest.as_bytes()).expect("a world")
}

/// A renderer on a device of its own.
fn renderer(memory_limit: u64) -> Renderer {
    let gpu = pollster::block_on(Gpu::headless(GpuOptions::default())).expect("a device");
    let settings = Settings {
        quality: Quality::Low,
        memory_limit,
        ..Settings::default()
    };
    Renderer::new(&gpu, settings).expect("a renderer")
}

/// The first picture in which nothing is missing, and what was asked for of images until some pictures later.
fn look(image: Result<Pixels, String>) -> (usize, Session<Desk>) {
    let renderer = renderer(Settings::default().memory_limit);
    let desk = Desk {
        events: Vec::new(),
        image,
        asked_for: Vec::new(),
    };
    let mut session = Session::new(world(), desk, renderer, Limits::default());
    let camera = Camera::looking_at(DVec3::new(5.0, -20.0, 5.0), DVec3::splat(5.0));
    let mut complete = None;
    for picture in 0..60 {
        let is_complete = session.advance(&camera, [64, 64], f64::from(picture) * 0.02);
        if is_complete && complete.is_none() {
            complete = Some(picture as usize);
        }
    }
    (complete.expect("it becomes complete"), session)
}

#[test]
fn a_tile_comes_with_its_image() {
    let pixels = Pixels {
        width: 2,
        height: 2,
        rgba: vec![200; 16],
    };
    let (complete, mut session) = look(Ok(pixels));
    assert!(complete < 20, "{complete}");
    assert_eq!(session.drawn().len(), 1);
    assert_eq!(session.resident_triangles(), 2);
    assert_eq!(session.renderer().missing_images().count(), 0);
    assert_eq!(session.loader().asked_for.len(), 1);
    assert_eq!(session.take_trouble(), None);
}

#[test]
fn an_image_that_cannot_be_had_keeps_nothing_waiting_and_is_asked_for_later() {
    for image in [
        Err("it is damaged".to_owned()),
        Ok(Pixels {
            width: 9,
            height: 9,
            rgba: vec![0; 4],
        }),
    ] {
        let (complete, mut session) = look(image);
        assert!(complete < 20, "{complete}");
        assert_eq!(session.loader().asked_for.len(), 1);
        assert_eq!(session.drawn().len(), 1, "its tile is drawn without it");
        assert!(session.take_trouble().is_some(), "it is said");
        // After five seconds, then after ten.
        for (start, asked_for) in [(7.0, 2), (8.0, 2), (18.0, 3)] {
            settle(&mut session, start);
            assert_eq!(session.loader().asked_for.len(), asked_for, "at {start}");
        }
        assert!(session.take_trouble().is_none(), "it was said");
    }
}

/// Pictures until nothing is missing; how many that took.
fn settle(session: &mut Session<Desk>, start: f64) -> usize {
    let camera = Camera::looking_at(DVec3::new(5.0, -20.0, 5.0), DVec3::splat(5.0));
    let mut pictures = 0..60;
    let mut is_complete =
        |picture: &i32| session.advance(&camera, [64, 64], start + f64::from(*picture) * 0.02);
    pictures
        .position(|picture| is_complete(&picture))
        .expect("it becomes complete")
}

fn white() -> Pixels {
    Pixels {
        width: 2,
        height: 2,
        rgba: vec![200; 16],
    }
}

#[test]
fn after_a_device_is_lost_everything_is_there_again_on_another() {
    let (_, mut session) = look(Ok(white()));
    let before = session.resident_triangles();
    session.redraw_with(renderer(1 << 28));
    assert_eq!(
        (session.drawn().len(), session.resident_triangles()),
        (0, 0)
    );
    settle(&mut session, 10.0);
    assert_eq!(
        (session.drawn().len(), session.resident_triangles()),
        (1, before)
    );
    assert_eq!(session.loader().asked_for.len(), 2, "its image, too");
}

#[test]
fn what_changes_is_drawn_as_it_was_until_the_new_is_there() {
    let (_, mut session) = look(Ok(white()));
    session.renew(0, &|_| true);
    let camera = Camera::looking_at(DVec3::new(5.0, -20.0, 5.0), DVec3::splat(5.0));
    assert!(!session.advance(&camera, [64, 64], 10.0));
    assert_eq!(session.drawn().len(), 1, "the old one");
    settle(&mut session, 10.1);
    assert_eq!(session.totals().meshes, 2);
    assert_eq!(session.resident_triangles(), 2, "one of both");
    let mut other = session.world().clone();
    other.layers[0].revision = "2".to_owned();
    session.change(other.clone());
    settle(&mut session, 11.0);
    assert_eq!(session.totals().meshes, 3);
    session.change(other);
    assert_eq!(settle(&mut session, 12.0), 0, "the same revision stays");
    assert_eq!(session.totals().meshes, 3);
}

#[test]
fn without_graphics_memory_the_view_says_so_and_goes_on() {
    let (_, mut session) = look(Ok(white()));
    session.redraw_with(renderer(16));
    let camera = Camera::looking_at(DVec3::new(5.0, -20.0, 5.0), DVec3::splat(5.0));
    let mut trouble = None;
    for picture in 0..60 {
        session.advance(&camera, [64, 64], 10.0 + f64::from(picture) * 0.02);
        trouble = session.take_trouble().or(trouble);
    }
    let trouble = trouble.expect("it is said");
    assert!(trouble.contains("no graphics memory"), "{trouble}");
    assert!(session.drawn().is_empty());
    assert!(
        session.stream().limits().bytes < Limits::default().bytes,
        "it asks for less"
    );
    session.redraw_with(renderer(1 << 28));
    settle(&mut session, 20.0);
    assert_eq!(session.drawn().len(), 1);
}
