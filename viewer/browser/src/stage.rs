//! A canvas, and the world that is seen in it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gable_render::{FrameStatistics, Gpu, GpuOptions, Quality, Renderer, Settings};
use gable_session::loader::{Origin, Pixels, read_content};
use gable_session::overrides::{Scope, value_of};
use gable_session::scenery::{Colors, Scenery};
use gable_session::session::Session;
use gable_session::world::{Layer, Part, World};
use gable_tileset::{Bounds, Subtree, TileId};
use gable_view::camera::Camera;
use gable_view::controls::{Controls, Mode};
use gable_view::stream::Limits;
use gable_view::tree::Tree;
use serde_json::{Value as Json, json};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use crate::hands::Hands;
use crate::orders::{Orders, PageLoader};
use crate::tell;

/// A canvas, and the world that is seen in it. Times are seconds, angles degrees, pixels those of the canvas.
#[wasm_bindgen]
pub struct Stage {
    gpu: Gpu,
    surface: wgpu::Surface<'static>,
    configuration: Option<wgpu::SurfaceConfiguration>,
    session: Session<PageLoader>,
    orders: Rc<RefCell<Orders>>,
    controls: Controls,
    hands: Hands,
    scenery: Scenery,
    /// A world that is about to be shown.
    next: Option<World>,
    last: Option<f64>,
    frame: FrameStatistics,
    is_complete: bool,
    /// Pictures that the device has not drawn yet.
    in_flight: Arc<AtomicU32>,
    /// How many models were shown.
    models: u32,
}

/// Text and pictures are given encoded colours.
const FORMATS: [wgpu::TextureFormat; 2] = [
    wgpu::TextureFormat::Bgra8Unorm,
    wgpu::TextureFormat::Rgba8Unorm,
];
/// So many pictures wait for the device: with more, what is seen would lag behind hands.
const MOST_IN_FLIGHT: u32 = 2;
/// A step of the camera is not longer, seconds: after a pause it goes on where it was.
const LONGEST_STEP: f64 = 0.1;
/// Bytes of tiles; a browser's tab has less than a desktop.
const TILE_BYTES: u64 = 384 << 20;

fn wrong(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

#[wasm_bindgen]
impl Stage {
    /// Opens a device that draws into a canvas. `quality` is `low`, `medium` or `high`; by default as suits the device.
    ///
    /// # Errors
    /// When there is no device that can draw what we draw.
    pub async fn open(canvas: HtmlCanvasElement, quality: Option<String>) -> Result<Self, JsError> {
        let backends = if cfg!(feature = "webgl") {
            wgpu::Backends::GL
        } else {
            wgpu::Backends::BROWSER_WEBGPU
        };
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends,
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        });
        let size = (canvas.width(), canvas.height());
        let surface = instance
            .create_surface(wgpu::SurfaceTarget::Canvas(canvas))
            .map_err(wrong)?;
        let gpu = Gpu::for_surface(instance, &surface, GpuOptions::default())
            .await
            .map_err(wrong)?;
        let quality = match quality.as_deref() {
            Some("low") => Quality::Low,
            Some("high") => Quality::High,
            Some("medium") => Quality::Medium,
            _ if gpu.capabilities().software => Quality::Low,
            _ => Quality::Medium,
        };
        let configuration = configuration(&gpu, &surface, size);
        let format = configuration
            .as_ref()
            .map_or(FORMATS[0], |configuration| configuration.format);
        let settings = Settings {
            format,
            quality,
            memory_limit: TILE_BYTES * 2,
        };
        let renderer = Renderer::new(&gpu, settings).map_err(wrong)?;
        let loader = PageLoader::default();
        let orders = loader.0.clone();
        let limits = Limits {
            bytes: TILE_BYTES,
            ..Limits::default()
        };
        let mut stage = Self {
            controls: Controls::around(Camera::overview(None), None),
            session: Session::new(World::default(), loader, renderer, limits),
            gpu,
            surface,
            configuration: None,
            orders,
            hands: Hands::default(),
            scenery: Scenery::default(),
            next: None,
            last: None,
            frame: FrameStatistics::default(),
            is_complete: false,
            in_flight: Arc::default(),
            models: 0,
        };
        stage.resize(size.0, size.1);
        Ok(stage)
    }

    /// Name, driver and interface of the device, for people.
    pub fn device(&self) -> String {
        self.gpu.describe()
    }

    /// Takes the canvas's size.
    pub fn resize(&mut self, width: u32, height: u32) {
        self.configuration = configuration(&self.gpu, &self.surface, (width, height));
        if let Some(configuration) = &self.configuration {
            self.surface.configure(self.gpu.device(), configuration);
        }
    }

    /// Reads a world that [`show_world`](Self::show_world) then shows. Gives the paths of its layers' first subtrees: with them
    /// what is drawn can stay until the new is there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_world(&mut self, tileset: &[u8], manifest: &[u8]) -> Result<String, JsError> {
        let world = World::read(tileset, manifest).map_err(wrong)?;
        let layers = 0..world.layers.len();
        let paths: Vec<String> = layers
            .map(|layer| world.path(layer, TileId::ROOT, Part::Subtree))
            .collect();
        self.next = Some(world);
        Ok(json!(paths).to_string())
    }

    /// The first subtree of a layer of the world that was read.
    ///
    /// # Errors
    /// When it is none.
    pub fn take_root(&mut self, layer: usize, bytes: &[u8]) -> Result<(), JsError> {
        let world = self.next.as_mut();
        if let Some(layer) = world.and_then(|world| world.layers.get_mut(layer)) {
            let subtree = Subtree::from_bytes(bytes, layer.tree.subtree_levels());
            layer.tree.put(TileId::ROOT, Some(subtree.map_err(wrong)?));
        }
        Ok(())
    }

    /// Shows the world that was read, at first from above.
    pub fn show_world(&mut self) {
        let Some(world) = self.next.take() else {
            return;
        };
        let is_first = self.session.world().layers.is_empty();
        self.orders.borrow_mut().look_at(world.clone(), None);
        self.session.change(world);
        if is_first {
            self.overview();
        }
    }

    /// Shows a model alone. What was there stays until it is there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn show_model(&mut self, glb: Vec<u8>, keeps_camera: bool) -> Result<(), JsError> {
        let bounds = bounds(&glb).map_err(wrong)?;
        self.models += 1;
        let world = alone(bounds, self.models);
        self.orders.borrow_mut().look_at(world.clone(), Some(glb));
        self.session.change(world);
        if !keeps_camera {
            self.overview();
        }
        Ok(())
    }

    /// Sees all of it.
    pub fn overview(&mut self) {
        let bounds = self.session.world().extent();
        let mode = self.controls.mode;
        self.controls = Controls::around(Camera::overview(bounds), bounds);
        self.controls.mode = mode;
    }

    /// Where one looks from: `x,y,z,heading,pitch`.
    pub fn camera(&self) -> String {
        self.controls.camera().to_string()
    }

    /// Looks from there.
    ///
    /// # Errors
    /// When it is no camera.
    pub fn jump(&mut self, camera: &str) -> Result<(), JsError> {
        let camera: Camera = camera.parse().map_err(wrong)?;
        let mode = self.controls.mode;
        self.controls = Controls::around(camera, self.session.world().extent());
        self.controls.mode = mode;
        Ok(())
    }

    /// How the camera moves: `orbit`, `fly` or `walk`.
    pub fn mode(&self) -> String {
        let name = match self.controls.mode {
            Mode::Orbit => "orbit",
            Mode::Fly => "fly",
            Mode::Walk => "walk",
        };
        name.to_owned()
    }

    /// Sets how the camera moves.
    pub fn set_mode(&mut self, mode: &str) {
        self.controls.mode = match mode {
            "fly" => Mode::Fly,
            "walk" => Mode::Walk,
            _ => Mode::Orbit,
        };
    }

    /// The pointer is there.
    pub fn point(&mut self, x: f64, y: f64) {
        self.hands.pointer = [x, y];
    }

    /// The pointer was dragged with the first button.
    pub fn turn(&mut self, right: f64, down: f64) {
        let [x, y] = &mut self.hands.input.turn;
        (*x, *y) = (*x + right, *y + down);
    }

    /// The pointer was dragged with the second.
    pub fn shift(&mut self, right: f64, down: f64) {
        let [x, y] = &mut self.hands.input.shift;
        (*x, *y) = (*x + right, *y + down);
    }

    /// The wheel was turned away from oneself, so many notches.
    pub fn wheel(&mut self, notches: f64) {
        self.hands.input.wheel += notches;
    }

    /// Keys are held: forward less back, right less left, up less down, each from -1 to 1.
    pub fn hold(&mut self, forward: f64, right: f64, up: f64, is_fast: bool) {
        self.hands.input.keys = [forward, right, up];
        self.hands.input.is_fast = is_fast;
    }

    /// Selects what is at a pixel.
    pub fn select(&mut self, x: f64, y: f64) {
        self.hands.select([x, y]);
    }

    /// Selects nothing.
    pub fn deselect(&mut self) {
        self.scenery.selected = None;
    }

    /// Goes to what is at a pixel.
    pub fn go_to(&mut self, x: f64, y: f64) {
        self.hands.go_to([x, y]);
    }

    /// Hours since midnight, stops brighter, and what colours say: `own`, `level` or `placement`.
    pub fn set_scenery(&mut self, hour: f32, exposure: f32, colors: &str) {
        self.scenery.hour = hour;
        self.scenery.exposure = exposure;
        self.scenery.colors = match colors {
            "level" => Colors::Level,
            "placement" => Colors::Placement,
            _ => Colors::Own,
        };
    }

    /// Pixels by which the picture may be wrong.
    pub fn set_error(&mut self, error: f64) {
        let limits = self.session.stream().limits();
        let limits = Limits { error, ..limits };
        self.session.stream().set_limits(limits);
    }

    /// Shows a layer, or does not.
    pub fn show_layer(&mut self, layer: usize, is_shown: bool) {
        self.session.stream().show(layer, is_shown);
    }

    /// What went wrong on the device, if anything did: a new stage is needed.
    pub fn failure(&self) -> Option<String> {
        self.gpu.failure()
    }

    /// Whether the device can take another picture now: a slow one is not done with the last.
    pub fn is_free(&self) -> bool {
        // A device that is lost is found out by drawing.
        let is_there = self.gpu.device().poll(wgpu::PollType::Poll).is_ok();
        !is_there || self.in_flight.load(Ordering::Relaxed) < MOST_IN_FLIGHT
    }

    /// Draws a picture, and says whether another is due at once: something moves or has come.
    ///
    /// # Errors
    /// When the device is lost: a new stage is needed.
    pub fn draw(&mut self, now: f64) -> Result<bool, JsError> {
        if let Some(failure) = self.failure() {
            return Err(JsError::new(&failure));
        }
        let Some(configuration) = &self.configuration else {
            return Ok(false);
        };
        let size = [configuration.width, configuration.height];
        let seconds = self.last.map_or(0.0, |last| now - last);
        self.last = Some(now);
        let is_moving = self.move_camera(size, seconds.min(LONGEST_STEP));
        let camera = self.controls.camera();
        self.orders.borrow_mut().begin_picture();
        let uploaded = self.session.totals().uploaded_bytes;
        self.is_complete = self.session.advance(&camera, size, now);
        if let Some(selected) = self.hands.take_selected() {
            self.scenery.selected = selected;
        }
        self.paint(size, &camera)?;
        let has_grown = self.session.totals().uploaded_bytes > uploaded;
        let is_fading = self.session.drawn().iter().any(|tile| tile.share < 1.0);
        let has_news = self.orders.borrow().has_news();
        Ok(is_moving
            || is_fading
            || has_grown
            || has_news
            || self.hands.are_waiting()
            || self.session.renderer().waiting() > 0)
    }

    fn move_camera(&mut self, size: [u32; 2], seconds: f64) -> bool {
        let before = self.controls.camera();
        let input = self.hands.take(&mut self.session, &mut self.controls, size);
        self.controls.advance(&input, seconds, size[1]);
        let has_moved = before != self.controls.camera();
        if has_moved && input.wheel == 0.0 {
            self.hands.forget_pointer();
        }
        has_moved || self.controls.is_moving()
    }

    fn paint(&mut self, size: [u32; 2], camera: &Camera) -> Result<(), JsError> {
        let picture = match self.surface.get_current_texture() {
            wgpu::CurrentSurfaceTexture::Success(picture) => picture,
            // The next picture will do.
            _ => return Ok(()),
        };
        let target = picture
            .texture
            .create_view(&wgpu::TextureViewDescriptor::default());
        let mut encoder = self
            .gpu
            .device()
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let drawn = self
            .session
            .draw(&mut encoder, &target, size, camera, &self.scenery);
        self.frame = drawn.map_err(wrong)?;
        self.gpu.queue().submit([encoder.finish()]);
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let in_flight = self.in_flight.clone();
        self.gpu.queue().on_submitted_work_done(move || {
            in_flight.fetch_sub(1, Ordering::Relaxed);
        });
        self.gpu.queue().present(picture);
        Ok(())
    }

    /// What the page is to do, as JSON: `number`, `kind`, `path` of each.
    pub fn orders(&mut self) -> String {
        let orders = self.orders.borrow_mut().take();
        if orders.is_empty() {
            return String::new();
        }
        json!(orders).to_string()
    }

    /// A subtree has come; nothing when there is none at its address.
    pub fn take_subtree(&mut self, number: u32, bytes: Option<Vec<u8>>) {
        let mut orders = self.orders.borrow_mut();
        orders.take_subtree(number, bytes.as_deref());
    }

    /// Content has come, over the network or generated here; `placement` is what the server said of its decision, times are
    /// seconds: of all, and of generating alone.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a number or a text of one answer"
    )]
    pub fn take_content(
        &mut self,
        number: u32,
        bytes: Vec<u8>,
        is_generated: bool,
        placement: String,
        wire_bytes: f64,
        seconds: f64,
        work_seconds: f64,
    ) {
        let origin = Origin {
            is_generated,
            placement,
            wire_bytes: wire_bytes as u64,
            seconds,
            work_seconds,
        };
        self.orders.borrow_mut().take_content(number, bytes, origin);
    }

    /// An image has come: red, green, blue, opacity of each pixel.
    pub fn take_image(&mut self, number: u32, width: u32, height: u32, rgba: Vec<u8>) {
        let pixels = Pixels {
            width,
            height,
            rgba,
        };
        self.orders.borrow_mut().take_image(number, pixels);
    }

    /// Nothing comes of an order.
    pub fn fail(&mut self, number: u32, why: String) {
        self.orders.borrow_mut().fail(number, why);
    }

    /// The bytes of an image that is part of content.
    pub fn embedded(&self, number: u32) -> Option<Vec<u8>> {
        self.orders.borrow().embedded(number).map(<[u8]>::to_vec)
    }

    /// Where the recipe of a tile is.
    ///
    /// # Errors
    /// When the layer or the tile is unknown.
    pub fn recipe_path(&self, layer: &str, tile: &str) -> Result<String, JsError> {
        let world = self.session.world();
        let number = world.layers.iter().position(|it| it.name == layer);
        let number = number.ok_or_else(|| JsError::new("the world has lost this layer"))?;
        let tile: TileId = tile.parse().map_err(wrong)?;
        Ok(world.path(number, tile, Part::Recipe))
    }

    /// A recipe with what somebody set for its layer, of one feature alone if it is named.
    ///
    /// # Errors
    /// When it is no recipe, or has no such feature.
    pub fn set_recipe(
        &self,
        layer: &str,
        recipe: &[u8],
        feature: Option<String>,
    ) -> Result<Vec<u8>, JsError> {
        let orders = self.orders.borrow();
        orders.set(layer, recipe, feature.as_deref()).map_err(wrong)
    }

    /// Sets an attribute of a layer, or of one feature (its name, and a tile that shows it). The value is JSON: a number, a
    /// truth value or text; `null` leaves it to the grammar again.
    ///
    /// # Errors
    /// When it is none of these, or the layer or the tile is unknown.
    pub fn set_attribute(
        &mut self,
        layer: &str,
        feature: Option<String>,
        tile: Option<String>,
        attribute: &str,
        value: &str,
    ) -> Result<(), JsError> {
        let json: Json = serde_json::from_str(value).map_err(wrong)?;
        let value = value_of(&json);
        if value.is_none() && !json.is_null() {
            return Err(JsError::new("arrays are not set"));
        }
        let scope = scope(feature, tile).map_err(wrong)?;
        self.orders
            .borrow_mut()
            .overrides
            .set(layer, &scope, attribute, value);
        self.renew(layer, &scope);
        Ok(())
    }

    /// Leaves all attributes of a layer to the grammar again.
    pub fn reset(&mut self, layer: &str) {
        let was_set = self.orders.borrow_mut().overrides.clear(layer);
        if was_set {
            self.renew(layer, &Scope::Layer);
        }
    }

    fn renew(&mut self, layer: &str, scope: &Scope) {
        let mut layers = self.session.world().layers.iter();
        if let Some(number) = layers.position(|it| it.name == layer) {
            self.session.renew(number, &|tile| scope.concerns(tile));
        }
    }

    /// Name, attribution, layers with their attributes, as JSON.
    pub fn world(&self) -> String {
        let world = self.session.world();
        json!({
            "id": world.id,
            "name": world.name,
            "attribution": world.attribution,
            "layers": tell::layers(&world.layers),
        })
        .to_string()
    }

    /// How it is now, as JSON: `complete`, `missing` tiles, `trouble` said once, what is `selected`.
    pub fn state(&mut self) -> String {
        let counts = self.session.counts();
        let selected = self.scenery.selected.as_ref();
        json!({
            "complete": self.is_complete && counts.old == 0,
            "missing": counts.loading + counts.waiting,
            "drawn": counts.drawn,
            "trouble": self.session.take_trouble(),
            "selected": selected.map(|found| tell::found(&self.session, found)),
        })
        .to_string()
    }

    /// Numbers of the picture and its tiles, as JSON.
    pub fn statistics(&self) -> String {
        tell::statistics(&self.session, &self.frame).to_string()
    }
}

fn configuration(
    gpu: &Gpu,
    surface: &wgpu::Surface<'_>,
    size: (u32, u32),
) -> Option<wgpu::SurfaceConfiguration> {
    if size.0 == 0 || size.1 == 0 {
        return None;
    }
    let configuration = gpu.configuration(surface, size)?;
    // The first is what the browser likes best.
    let formats = surface.get_capabilities(gpu.adapter()).formats;
    let encoded = formats.into_iter().find(|format| FORMATS.contains(format));
    Some(wgpu::SurfaceConfiguration {
        format: encoded.unwrap_or(configuration.format),
        ..configuration
    })
}

fn scope(feature: Option<String>, tile: Option<String>) -> Result<Scope, String> {
    let Some(name) = feature else {
        return Ok(Scope::Layer);
    };
    let tile = tile.unwrap_or_default();
    let tile = tile
        .parse()
        .map_err(|error| format!("{tile} is no tile: {error}"))?;
    Ok(Scope::Feature { name, tile })
}

/// The box around a model.
fn bounds(glb: &[u8]) -> Result<Bounds, String> {
    let model = read_content(glb, "")?;
    let boxes = model.parts.iter().map(|part| {
        let [low, high] = part.bounds.map(|corner| model.origin + corner.as_dvec3());
        Bounds {
            low: low.to_array(),
            high: high.to_array(),
        }
    });
    Ok(boxes.reduce(Bounds::union).unwrap_or(Bounds {
        low: [0.0; 3],
        high: [1.0; 3],
    }))
}

/// A world of one tile.
fn alone(bounds: Bounds, revision: u32) -> World {
    let mut tree = Tree::new(bounds, 1, 1, 0.0);
    let only = |tile: TileId| tile == TileId::ROOT;
    let subtree = Subtree::new(TileId::ROOT, 1, only, only, |_| false);
    tree.put(TileId::ROOT, Some(subtree));
    let layer = Layer {
        name: "model".to_owned(),
        revision: revision.to_string(),
        tree,
        bounds,
        extent: Some(bounds),
        modules: Vec::new(),
        assets: Vec::new(),
        attributes: Json::Null,
    };
    World {
        layers: vec![layer],
        ..World::default()
    }
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Stage").finish_non_exhaustive()
    }
}
