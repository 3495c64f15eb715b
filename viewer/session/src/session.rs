//! One view on one world, picture by picture.

use std::collections::{BTreeMap, BTreeSet};

use gable_model::{Features, ImageSource, Model, Value};
use gable_render::{
    Camera as Eye, Fade, Frame, FrameStatistics, Ground, OutOfMemory, Pick, Picked, Renderer,
    Shown, TileHandle,
};
use gable_tileset::TileId;
use gable_view::camera::{Camera, FIELD_OF_VIEW};
use gable_view::selection::Key;
use gable_view::stream::{Counts, Drawn, Limits, Order, Stream};

use crate::loader::{Event, Loader, Origin, Pixels};
use crate::scenery::{Colors, Scenery};
use crate::world::World;

/// Streams a world and draws it.
#[derive(Debug)]
pub struct Session<L> {
    world: World,
    stream: Stream,
    loader: L,
    renderer: Renderer,
    tiles: BTreeMap<Key, Tile>,
    /// Tiles that are on their way to the GPU; each takes the place of the one that is there.
    coming: BTreeMap<Key, Tile>,
    /// Images that were asked for.
    images: BTreeSet<ImageSource>,
    /// Those that could not be had.
    lost_images: BTreeMap<ImageSource, Loss>,
    drawn: Vec<Drawn>,
    totals: Totals,
    /// What went wrong last, for people.
    trouble: Option<String>,
}

/// A tile that is here.
#[derive(Debug)]
pub struct Tile {
    handle: TileHandle,
    /// How it came to be.
    pub origin: Origin,
    /// What is known of its features.
    pub features: Features,
    /// Triangles on the screen.
    pub triangles: u64,
}

/// An image that could not be had.
#[derive(Debug, Clone, Copy)]
struct Loss {
    /// When it is asked for again.
    again: f64,
    /// Seconds from the last time to the next.
    pause: f64,
}

/// Sums since the session began.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Tiles that were generated here.
    pub generated: u64,
    /// Tiles that came as meshes.
    pub meshes: u64,
    /// Tiles that could not be had.
    pub failures: u64,
    /// Bytes of tiles over the network.
    pub wire_bytes: u64,
    /// Seconds of generating and decoding.
    pub work_seconds: f64,
    /// Bytes that went to the GPU.
    pub uploaded_bytes: u64,
    /// The most in one picture.
    pub most_uploaded: u64,
}

/// A tile and a feature of it under a pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The tile.
    pub key: Key,
    /// Number of the feature in it, if it is one.
    pub feature: Option<u32>,
    /// Its name, by which it is found in other tiles of its layer.
    pub name: Option<String>,
    /// Where, in the world's frame.
    pub position: glam::DVec3,
}

/// The property that names features.
const NAME: &str = "name";

/// Bytes that go to the GPU in one picture.
const UPLOAD_BYTES: usize = 4 << 20;
/// Tiles that are taken in one picture: each is copied once.
const MOST_TAKEN: usize = 8;
/// With less for tiles there is nothing to see.
const LEAST_BYTES: u64 = 1 << 20;
/// An image that could not be had is asked for again after so many seconds, then after twice as many, and so on up to the
/// second number.
const IMAGE_PAUSES: [f64; 2] = [5.0, 600.0];
/// Nothing nearer is drawn, metres.
const NEAR: f32 = 0.2;

impl<L: Loader> Session<L> {
    /// A view on a world.
    pub fn new(world: World, loader: L, renderer: Renderer, limits: Limits) -> Self {
        let trees = world
            .layers
            .iter()
            .map(|layer| layer.tree.clone())
            .collect();
        Self {
            stream: Stream::new(trees, limits),
            world,
            loader,
            renderer,
            tiles: BTreeMap::new(),
            coming: BTreeMap::new(),
            images: BTreeSet::new(),
            lost_images: BTreeMap::new(),
            drawn: Vec::new(),
            totals: Totals::default(),
            trouble: None,
        }
    }

    /// What is looked at.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Which layers are shown, and limits.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// Counts of now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.stream.counts()
    }

    /// Sums so far.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Who brings tiles.
    #[must_use]
    pub fn loader(&self) -> &L {
        &self.loader
    }

    /// What draws.
    #[must_use]
    pub fn renderer(&self) -> &Renderer {
        &self.renderer
    }

    /// A tile that is here.
    #[must_use]
    pub fn tile(&self, key: Key) -> Option<&Tile> {
        self.tiles.get(&key)
    }

    /// Triangles that all tiles that are here would draw.
    #[must_use]
    pub fn resident_triangles(&self) -> u64 {
        self.tiles.values().map(|tile| tile.triangles).sum()
    }

    /// Tiles of the picture.
    #[must_use]
    pub fn drawn(&self) -> &[Drawn] {
        &self.drawn
    }

    /// What went wrong last, for people; said once.
    pub fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// What brings tiles makes some of a layer otherwise now: each is made anew while what is there stays.
    pub fn renew(&mut self, layer: usize, which: &dyn Fn(TileId) -> bool) {
        let orders = self.stream.renew(layer, which);
        orders.into_iter().for_each(|order| self.follow(order));
    }

    /// The world has changed. Layers of the same revision stay as they are, the others are made anew while what is there
    /// stays. Of a world with other layers nothing stays.
    pub fn change(&mut self, world: World) {
        let old = self.world.layers.iter().map(|layer| &layer.name);
        if old.eq(world.layers.iter().map(|layer| &layer.name)) {
            for (number, layer) in world.layers.iter().enumerate() {
                if layer.revision != self.world.layers[number].revision {
                    let orders = self.stream.replace(number, layer.tree.clone());
                    orders.into_iter().for_each(|order| self.follow(order));
                }
            }
        } else {
            self.forget_all();
            let trees = world.layers.iter().map(|layer| layer.tree.clone());
            self.stream = Stream::new(trees.collect(), self.stream.limits());
        }
        self.world = world;
        self.stream.forgive();
        self.lost_images.clear();
    }

    /// Draws with something else from now on, such as when the device was lost: everything is fetched anew.
    pub fn redraw_with(&mut self, renderer: Renderer) {
        self.forget_all();
        self.renderer = renderer;
        self.images.clear();
        self.lost_images.clear();
    }

    fn forget_all(&mut self) {
        let orders = self.stream.forget_all();
        orders.into_iter().for_each(|order| self.follow(order));
        self.drawn.clear();
    }

    /// Goes on to the next picture: takes what has come, asks for what is needed. Says whether nothing is missing any
    /// more. `now` is in seconds and does not run back.
    pub fn advance(&mut self, camera: &Camera, size: [u32; 2], now: f64) -> bool {
        self.take(now);
        self.upload();
        self.ask_for_images(now);
        let picture = self.stream.picture(camera, size, now);
        for order in &picture.orders {
            self.follow(*order);
        }
        self.drawn = picture.tiles;
        let is_waiting = self
            .renderer
            .missing_images()
            .any(|(_, source)| self.images.contains(source));
        picture.complete && !is_waiting && self.renderer.waiting() == 0
    }

    fn take(&mut self, now: f64) {
        for _ in 0..MOST_TAKEN {
            match self.loader.next() {
                None => return,
                Some(Event::Subtree(key, Ok(subtree))) => self.stream.put_subtree(key, subtree),
                Some(Event::Subtree(key, Err(why))) => {
                    self.trouble = Some(why);
                    self.stream.subtree_failed(key, now);
                }
                Some(Event::Tile(key, Ok((model, origin)))) => {
                    self.take_tile(key, *model, origin, now);
                }
                Some(Event::Tile(key, Err(why))) => self.fail(key, why, now),
                Some(Event::Image(source, pixels)) => self.take_image(&source, pixels, now),
            }
        }
    }

    fn take_tile(&mut self, key: Key, model: Model, origin: Origin, now: f64) {
        let handle = match self.renderer.add(&model) {
            Ok(handle) => handle,
            Err(error) => {
                self.make_do();
                return self.fail(key, error.to_string(), now);
            }
        };
        if origin.is_generated {
            self.totals.generated += 1;
        } else {
            self.totals.meshes += 1;
        }
        self.totals.wire_bytes += origin.wire_bytes;
        self.totals.work_seconds += origin.work_seconds;
        let tile = Tile {
            handle,
            origin,
            triangles: model.drawn_triangles(),
            features: model.features,
        };
        if let Some(old) = self.coming.insert(key, tile) {
            self.renderer.remove(old.handle);
        }
    }

    /// The device has no room for more: from now on there is less, and the picture coarser.
    fn make_do(&mut self) {
        let mut limits = self.stream.limits();
        let used = self.renderer.memory().used();
        limits.bytes = limits.bytes.min(used / 10 * 9).max(LEAST_BYTES);
        self.stream.set_limits(limits);
    }

    fn fail(&mut self, key: Key, why: String, now: f64) {
        self.totals.failures += 1;
        self.trouble = Some(why);
        self.stream.failed(key, now);
    }

    fn take_image(&mut self, source: &ImageSource, pixels: Result<Pixels, String>, now: f64) {
        self.images.remove(source);
        let pixels = match pixels {
            Ok(pixels) => pixels,
            Err(why) => return self.lose_image(source, why, now),
        };
        let wanted = self.renderer.missing_images();
        let wanted: Vec<_> = wanted
            .filter(|(_, it)| *it == source)
            .map(|(key, _)| key)
            .collect();
        for key in wanted {
            let size = (pixels.width, pixels.height);
            if let Err(error) = self.renderer.set_image(key, size, &pixels.rgba) {
                self.lose_image(source, error.to_string(), now);
            }
        }
    }

    /// Without it, its tiles stay as they are; people hear of it once.
    fn lose_image(&mut self, source: &ImageSource, why: String, now: f64) {
        let [first, longest] = IMAGE_PAUSES;
        let before = self.lost_images.get(source);
        let pause = before.map_or(first, |loss| (loss.pause * 2.0).min(longest));
        if before.is_none() {
            self.trouble = Some(why);
        }
        let again = now + pause;
        self.lost_images
            .insert(source.clone(), Loss { again, pause });
    }

    fn upload(&mut self) {
        let bytes = self.renderer.upload(UPLOAD_BYTES) as u64;
        self.totals.uploaded_bytes += bytes;
        self.totals.most_uploaded = self.totals.most_uploaded.max(bytes);
        let is_ready = |tile: &mut Tile| self.renderer.is_ready(tile.handle);
        let ready: Vec<_> = self
            .coming
            .extract_if(.., |_, tile| is_ready(tile))
            .collect();
        for (key, tile) in ready {
            self.stream.ready(key, self.renderer.bytes(tile.handle));
            if let Some(old) = self.tiles.insert(key, tile) {
                self.renderer.remove(old.handle);
            }
        }
    }

    fn ask_for_images(&mut self, now: f64) {
        let missing = self.renderer.missing_images().map(|(_, source)| source);
        let new: BTreeSet<_> = missing
            .filter(|it| !self.images.contains(it))
            .filter(|it| {
                self.lost_images
                    .get(it)
                    .is_none_or(|loss| loss.again <= now)
            })
            .cloned()
            .collect();
        for source in new {
            self.loader.fetch_image(source.clone());
            self.images.insert(source);
        }
    }

    fn follow(&mut self, order: Order) {
        match order {
            Order::FetchSubtree(key) => self.loader.fetch_subtree(key),
            Order::Begin(key) => self.loader.begin(key),
            Order::Cancel(key) => self.stop(key),
            Order::Drop(key) => {
                self.stop(key);
                if let Some(tile) = self.tiles.remove(&key) {
                    self.renderer.remove(tile.handle);
                }
            }
        }
    }

    /// Nothing comes of what was begun.
    fn stop(&mut self, key: Key) {
        self.loader.cancel(key);
        if let Some(tile) = self.coming.remove(&key) {
            self.renderer.remove(tile.handle);
        }
    }

    /// Draws the picture that [`advance`](Self::advance) prepared.
    ///
    /// # Errors
    /// When there is no room for a picture of this size.
    pub fn draw(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        size: [u32; 2],
        camera: &Camera,
        scenery: &Scenery,
    ) -> Result<FrameStatistics, OutOfMemory> {
        let shown = self.shown(scenery.colors);
        let frame = self.frame(camera, &shown, scenery);
        self.renderer
            .render(encoder, target, (size[0], size[1]), &frame)
    }

    /// Asks what is under a pixel.
    pub fn pick(&mut self, size: [u32; 2], camera: &Camera, pixel: [u32; 2]) -> Pick {
        let shown = self.shown(Colors::Own);
        let frame = self.frame(camera, &shown, &Scenery::default());
        self.renderer
            .pick(&frame, (size[0], size[1]), (pixel[0], pixel[1]))
    }

    /// Which tile that is.
    #[must_use]
    pub fn found(&self, picked: &Picked) -> Option<Found> {
        let mut tiles = self.tiles.iter();
        let (&key, tile) = tiles.find(|(_, tile)| tile.handle == picked.handle)?;
        let known = picked
            .feature
            .map(|feature| tile.features.of(feature as usize));
        let name = known.into_iter().flatten().find(|(name, _)| *name == NAME);
        Some(Found {
            key,
            feature: picked.feature,
            name: name.and_then(|(_, value)| match value {
                Value::Text(text) => Some(text),
                _ => None,
            }),
            position: picked.position,
        })
    }

    /// The tile of the picture that shows a feature now, and the feature's number in it.
    #[must_use]
    pub fn place_of(&self, found: &Found) -> Option<(Key, u32)> {
        let is_drawn = |key: Key| self.drawn.iter().any(|it| it.key == key && !it.is_leaving);
        let Some(name) = &found.name else {
            return Some((found.key, found.feature?)).filter(|_| is_drawn(found.key));
        };
        let drawn = self
            .drawn
            .iter()
            .filter(|it| !it.is_leaving)
            .map(|it| it.key);
        let mut layer = drawn.filter(|key| key.layer == found.key.layer);
        layer.find_map(|key| {
            let feature = self.tiles.get(&key)?.features.find(NAME, name)?;
            Some((key, u32::try_from(feature).ok()?))
        })
    }

    fn shown(&self, colors: Colors) -> Vec<Shown> {
        let shown = self.drawn.iter().filter_map(|drawn| {
            let tile = self.tiles.get(&drawn.key)?;
            Some(Shown {
                handle: tile.handle,
                fade: match (drawn.is_leaving, drawn.share) {
                    (false, share) if share >= 1.0 => Fade::Full,
                    (false, share) => Fade::In(share),
                    (true, share) => Fade::Out(1.0 - share),
                },
                tint: colors.tint(drawn.key, &tile.origin),
            })
        });
        shown.collect()
    }

    fn frame<'a>(&self, camera: &Camera, tiles: &'a [Shown], scenery: &Scenery) -> Frame<'a> {
        let eye = Eye {
            eye: camera.eye,
            forward: camera.forward().as_vec3(),
            up: camera.up().as_vec3(),
            field_of_view: FIELD_OF_VIEW as f32,
            near: NEAR,
        };
        let ground = self.world.floor().map(|floor| Ground {
            height: floor - GROUND_BELOW,
            color: GROUND,
        });
        let selected = scenery.selected.as_ref();
        let selected = selected.and_then(|found| {
            let (key, feature) = self.place_of(found)?;
            Some((self.tiles.get(&key)?.handle, feature))
        });
        Frame {
            sun: scenery.sun(),
            ground,
            exposure: scenery.exposure,
            wireframe: scenery.is_wireframe,
            selected,
            ..Frame::new(eye, tiles)
        }
    }
}

/// The plane under the world lies so far below it, metres, and has this colour, linear.
const GROUND_BELOW: f64 = 0.05;
const GROUND: [f32; 3] = [0.16, 0.17, 0.14];
