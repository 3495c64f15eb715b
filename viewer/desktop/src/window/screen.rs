//! The surface of a window, and the device that draws into it.

use std::sync::Arc;

use gable_render::{Gpu, GpuError, GpuOptions};
use wgpu::CurrentSurfaceTexture;
use winit::window::Window;

/// The surface of a window, and the device that draws into it.
#[derive(Debug)]
pub(super) struct Screen {
    window: Arc<Window>,
    gpu: Gpu,
    surface: wgpu::Surface<'static>,
    /// None while there is nothing to draw into: a window of no width or height.
    configuration: Option<wgpu::SurfaceConfiguration>,
}

/// Text and pictures are given encoded colours.
const FORMATS: [wgpu::TextureFormat; 2] = [
    wgpu::TextureFormat::Bgra8Unorm,
    wgpu::TextureFormat::Rgba8Unorm,
];

impl Screen {
    pub(super) fn open(window: Arc<Window>) -> Result<Self, GpuError> {
        let display = Box::new(window.clone());
        let descriptor = wgpu::InstanceDescriptor::new_with_display_handle_from_env(display);
        let instance = wgpu::Instance::new(descriptor);
        let surface = instance.create_surface(window.clone());
        let surface = surface.map_err(|error| GpuError::Surface {
            why: error.to_string(),
        })?;
        let options = GpuOptions::default();
        let gpu = pollster::block_on(Gpu::for_surface(instance, &surface, options))?;
        let mut screen = Self {
            window,
            gpu,
            surface,
            configuration: None,
        };
        screen.fit();
        Ok(screen)
    }

    pub(super) fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Of the window's pixels; the same as long as the device is.
    pub(super) fn format(&self) -> wgpu::TextureFormat {
        let format = self.configuration.as_ref().map(|it| it.format);
        format.unwrap_or(FORMATS[0])
    }

    /// Width and height of what is drawn into, if there is anything.
    pub(super) fn size(&self) -> Option<[u32; 2]> {
        let configuration = self.configuration.as_ref()?;
        Some([configuration.width, configuration.height])
    }

    /// Takes the window's size.
    pub(super) fn fit(&mut self) {
        let size = self.window.inner_size();
        if size.width == 0 || size.height == 0 {
            self.configuration = None;
            return;
        }
        let configuration = self
            .gpu
            .configuration(&self.surface, (size.width, size.height));
        self.configuration = configuration.map(|configuration| {
            let views = self.surface.get_capabilities(self.gpu.adapter()).formats;
            let encoded = FORMATS.into_iter().find(|format| views.contains(format));
            wgpu::SurfaceConfiguration {
                format: encoded.unwrap_or(configuration.format),
                // Whoever drags should not see what was two pictures ago.
                desired_maximum_frame_latency: 1,
                ..configuration
            }
        });
        if let Some(configuration) = &self.configuration {
            self.surface.configure(self.gpu.device(), configuration);
        }
    }

    /// What to draw into now, if anything can be seen.
    pub(super) fn picture(&mut self) -> Option<wgpu::SurfaceTexture> {
        let [width, height] = self.size()?;
        let now = self.window.inner_size();
        if (now.width, now.height) != (width, height) {
            self.fit();
            self.size()?;
        }
        for _ in 0..2 {
            match self.surface.get_current_texture() {
                CurrentSurfaceTexture::Success(texture) => return Some(texture),
                CurrentSurfaceTexture::Timeout
                | CurrentSurfaceTexture::Occluded
                | CurrentSurfaceTexture::Validation => return None,
                // Given back first: the surface cannot change while one is out.
                other => drop(other),
            }
            self.fit();
            self.size()?;
        }
        None
    }

    /// Shows it.
    pub(super) fn present(&self, picture: wgpu::SurfaceTexture) {
        self.window.pre_present_notify();
        self.gpu.queue().present(picture);
    }
}
