//! The user interface of a window: egui's part of it.

use std::time::Duration;

use egui::ViewportId;
use egui_wgpu::{RendererOptions, ScreenDescriptor};
use gable_render::Gpu;
use winit::event::WindowEvent;
use winit::keyboard::{Key, NamedKey};
use winit::window::Window;

/// egui in a window.
pub(super) struct Interface {
    context: egui::Context,
    state: egui_winit::State,
    renderer: egui_wgpu::Renderer,
    painted: Painted,
    /// Where the pointer is, pixels.
    pointer: [f32; 2],
    /// A button was pressed over something of it, and is still held.
    is_held: bool,
}

/// What is to be painted.
#[derive(Default)]
struct Painted {
    textures: egui::TexturesDelta,
    triangles: Vec<egui::ClippedPrimitive>,
    pixels_per_point: f32,
}

impl Drop for Painted {
    fn drop(&mut self) {
        // Whoever drops it does not paint any more: egui wants that said.
        self.textures.clear();
    }
}

impl std::fmt::Debug for Interface {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Interface").finish_non_exhaustive()
    }
}

impl Interface {
    pub(super) fn new(window: &Window, gpu: &Gpu, format: wgpu::TextureFormat) -> Self {
        let context = egui::Context::default();
        context.all_styles_mut(|style| {
            // Each step of an animation is a picture of the world.
            style.animation_time = 0.0;
            style.interaction.tooltip_delay = 0.2;
        });
        let scale = Some(window.scale_factor() as f32);
        let side = gpu.device().limits().max_texture_dimension_2d as usize;
        let (root, theme) = (ViewportId::ROOT, window.theme());
        let state = egui_winit::State::new(context.clone(), root, window, scale, theme, Some(side));
        let renderer = renderer(gpu, format);
        Self {
            context,
            state,
            renderer,
            painted: Painted::default(),
            pointer: [0.0; 2],
            is_held: false,
        }
    }

    /// Draws with another device from now on: what is open stays open, and all textures are sent anew.
    pub(super) fn redraw_with(&mut self, window: &Window, gpu: &Gpu, format: wgpu::TextureFormat) {
        let memory = self.context.memory(Clone::clone);
        *self = Self::new(window, gpu, format);
        self.context.memory_mut(|new| *new = memory);
    }

    /// Gives it an event; says whether it wants it for itself.
    pub(super) fn take(&mut self, window: &Window, event: &WindowEvent) -> bool {
        let is_written = self.context.text_edit_focused();
        if let WindowEvent::KeyboardInput { event, .. } = event
            && !is_written
            && event.logical_key == Key::Named(NamedKey::Tab)
        {
            // It would go from button to button.
            return false;
        }
        let response = self.state.on_window_event(window, event);
        match event {
            WindowEvent::KeyboardInput { .. } => is_written,
            WindowEvent::CursorMoved { position, .. } => {
                self.pointer = [position.x as f32, position.y as f32];
                self.is_held
            }
            WindowEvent::MouseInput { state, .. } => {
                let was_held = self.is_held;
                self.is_held = state.is_pressed() && self.is_under_pointer();
                self.is_held || was_held
            }
            WindowEvent::MouseWheel { .. } => self.is_under_pointer(),
            _ => response.consumed,
        }
    }

    /// Whether something of it lies under the pointer. (egui itself knows only where the pointer was when it was laid out,
    /// which may be a second ago.)
    fn is_under_pointer(&self) -> bool {
        let scale = self.context.pixels_per_point();
        let [x, y] = self.pointer;
        let layer = self.context.layer_id_at(egui::pos2(x / scale, y / scale));
        layer.is_some_and(|layer| layer.order != egui::Order::Background)
    }

    /// Puts text into the clipboard.
    pub(super) fn copy(&mut self, text: String) {
        self.state.set_clipboard_text(text);
    }

    /// Lays out what is to be shown; says after which time something of it changes by itself.
    pub(super) fn lay_out(
        &mut self,
        window: &Window,
        mut show: impl FnMut(&egui::Context),
    ) -> Duration {
        let mut input = self.state.take_egui_input(window);
        let events = std::mem::take(&mut input.events);
        let mut output = egui::FullOutput::default();
        for events in steps(&events) {
            let input = egui::RawInput {
                events,
                ..input.clone()
            };
            output.append(self.context.run_pass(input, |context| show(context)));
        }
        self.state
            .handle_platform_output(window, output.platform_output);
        self.painted.textures.append(output.textures_delta);
        self.painted.pixels_per_point = output.pixels_per_point;
        self.painted.triangles = self
            .context
            .tessellate(output.shapes, output.pixels_per_point);
        let root = output.viewport_output.get(&ViewportId::ROOT);
        root.map_or(Duration::MAX, |root| root.repaint_delay)
    }

    /// Paints it over a picture of so many pixels.
    #[expect(
        clippy::iter_over_hash_type,
        reason = "textures are independent of each other"
    )]
    pub(super) fn paint(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        size: [u32; 2],
    ) {
        let Painted {
            textures,
            triangles,
            pixels_per_point,
        } = &mut self.painted;
        let (device, queue) = (gpu.device(), gpu.queue());
        for (id, deltas) in textures.set.drain() {
            for delta in deltas {
                self.renderer.update_texture(device, queue, id, &delta);
            }
        }
        let screen = ScreenDescriptor {
            size_in_pixels: size,
            pixels_per_point: *pixels_per_point,
        };
        let own = self
            .renderer
            .update_buffers(device, queue, encoder, triangles, &screen);
        debug_assert!(own.is_empty(), "nothing of ours is drawn in between");
        let attachment = wgpu::RenderPassColorAttachment {
            view: target,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Load,
                store: wgpu::StoreOp::Store,
            },
        };
        let mut pass = encoder
            .begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("interface"),
                color_attachments: &[Some(attachment)],
                ..Default::default()
            })
            .forget_lifetime();
        self.renderer.render(&mut pass, triangles, &screen);
        drop(pass);
        for id in textures.free.drain() {
            self.renderer.free_texture(&id);
        }
    }
}

/// Events in steps in which no button goes down and up again: between two pictures of a slow device there is time for a whole
/// drag, of which egui would see nothing.
fn steps(events: &[egui::Event]) -> Vec<Vec<egui::Event>> {
    if events.is_empty() {
        return vec![Vec::new()];
    }
    let is_button = |event: &egui::Event| matches!(event, egui::Event::PointerButton { .. });
    let steps = events.chunk_by(|a, b| !is_button(a) && !is_button(b));
    steps.map(<[_]>::to_vec).collect()
}

fn renderer(gpu: &Gpu, format: wgpu::TextureFormat) -> egui_wgpu::Renderer {
    egui_wgpu::Renderer::new(gpu.device(), format, RendererOptions::default())
}
