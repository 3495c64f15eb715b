//! The graphics device, and what becomes of its errors.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::error::{GpuError, OutOfMemory};

/// Which adapter is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GpuOptions {
    /// Spare the battery rather than draw fast.
    pub low_power: bool,
    /// Draw on the processor.
    pub software: bool,
}

/// What an adapter can do beyond the least that we ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Triangles as lines.
    pub wireframe: bool,
    /// Four samples per pixel.
    pub multisampling: bool,
    /// Many draws in one call.
    pub multi_draw: bool,
    /// Draws say where their vertices begin.
    pub base_vertex: bool,
    /// It draws on the processor.
    pub software: bool,
    /// Bytes of the largest buffer.
    pub largest_buffer: u64,
}

/// A graphics device; copies of it are the same device.
#[derive(Clone)]
pub struct Gpu {
    instance: wgpu::Instance,
    adapter: wgpu::Adapter,
    device: wgpu::Device,
    queue: wgpu::Queue,
    capabilities: Capabilities,
    failure: Arc<Mutex<Option<String>>>,
    answers: Arc<Mutex<Vec<Answer>>>,
}

impl fmt::Debug for Gpu {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Gpu")
            .field(&self.describe())
            .finish()
    }
}

impl Gpu {
    /// A device that draws into textures only. The environment may choose the driver (`WGPU_BACKEND`,
    /// `WGPU_ADAPTER_NAME`).
    ///
    /// # Errors
    ///
    /// There is none that can draw what we draw.
    pub async fn headless(options: GpuOptions) -> Result<Self, GpuError> {
        let instance =
            wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
        Self::open(instance, None, options).await
    }

    /// A device that draws into a window.
    ///
    /// # Errors
    ///
    /// There is none that can draw what we draw there.
    pub async fn for_surface(
        instance: wgpu::Instance,
        surface: &wgpu::Surface<'_>,
        options: GpuOptions,
    ) -> Result<Self, GpuError> {
        Self::open(instance, Some(surface), options).await
    }

    async fn open(
        instance: wgpu::Instance,
        surface: Option<&wgpu::Surface<'_>>,
        options: GpuOptions,
    ) -> Result<Self, GpuError> {
        let adapter = instance
            .request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: if options.low_power {
                    wgpu::PowerPreference::LowPower
                } else {
                    wgpu::PowerPreference::HighPerformance
                },
                force_fallback_adapter: options.software,
                compatible_surface: surface,
                ..Default::default()
            })
            .await?;
        require(&adapter)?;
        let wanted = wgpu::Features::POLYGON_MODE_LINE
            | wgpu::Features::INDIRECT_FIRST_INSTANCE
            | wgpu::Features::MULTI_DRAW_INDIRECT_COUNT;
        let features = adapter.features() & wanted;
        let (device, queue) = adapter
            .request_device(&wgpu::DeviceDescriptor {
                label: Some("viewer"),
                required_features: features,
                required_limits: adapter.limits(),
                ..Default::default()
            })
            .await?;
        let failure = Arc::new(Mutex::new(None));
        catch(&device, &failure);
        let capabilities = capabilities(&adapter, &device);
        Ok(Self {
            instance,
            adapter,
            device,
            queue,
            capabilities,
            failure,
            answers: Arc::default(),
        })
    }

    /// Name, driver and interface, for people.
    #[must_use]
    pub fn describe(&self) -> String {
        let info = self.adapter.get_info();
        format!(
            "{} ({:?}, {} {})",
            info.name, info.backend, info.driver, info.driver_info
        )
    }

    /// How to draw into a window's surface of so many pixels, at most as many as the device can; none if it cannot.
    #[must_use]
    pub fn configuration(
        &self,
        surface: &wgpu::Surface<'_>,
        (width, height): (u32, u32),
    ) -> Option<wgpu::SurfaceConfiguration> {
        let most = self.device.limits().max_texture_dimension_2d;
        let (width, height) = (width.min(most), height.min(most));
        surface.get_default_config(&self.adapter, width, height)
    }

    /// What it can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// What went wrong on the device, if anything did: nothing that is drawn after that can be relied on, and a new
    /// device is needed.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.hear();
        lock(&self.failure).clone()
    }

    /// What makes surfaces.
    #[must_use]
    pub fn instance(&self) -> &wgpu::Instance {
        &self.instance
    }

    /// What surfaces are configured for.
    #[must_use]
    pub fn adapter(&self) -> &wgpu::Adapter {
        &self.adapter
    }

    /// What makes buffers and textures.
    #[must_use]
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// What takes commands.
    #[must_use]
    pub fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }

    /// Waits until everything that was submitted is done. In a browser it returns at once.
    pub fn wait(&self) {
        if let Err(error) = self.device.poll(wgpu::PollType::wait_indefinitely()) {
            note(&self.failure, error.to_string());
        }
    }

    /// A texture of one level and one layer.
    pub(crate) fn texture(
        &self,
        label: &str,
        (width, height): (u32, u32),
        format: wgpu::TextureFormat,
        usage: wgpu::TextureUsages,
    ) -> wgpu::Texture {
        self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some(label),
            size: wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage,
            view_formats: &[],
        })
    }

    /// Makes something that takes `bytes`, and says if the device has no room for it. A browser says so only later;
    /// there it is a [`failure`](Self::failure).
    pub(crate) fn allocate<T>(
        &self,
        bytes: u64,
        make: impl FnOnce(&wgpu::Device) -> T,
    ) -> Result<T, OutOfMemory> {
        let scope = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let made = make(&self.device);
        let mut answer: Answer = Box::pin(scope.pop());
        match answer
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(Some(error)) => {
                tracing::warn!(bytes, %error, "out of graphics memory");
                Err(OutOfMemory { bytes })
            }
            Poll::Ready(None) => Ok(made),
            Poll::Pending => {
                lock(&self.answers).push(answer);
                Ok(made)
            }
        }
    }

    /// Hears what a browser says of what was allocated.
    fn hear(&self) {
        let mut context = Context::from_waker(Waker::noop());
        lock(&self.answers).retain_mut(|answer| match answer.as_mut().poll(&mut context) {
            Poll::Pending => true,
            Poll::Ready(error) => {
                error
                    .into_iter()
                    .for_each(|error| note(&self.failure, error.to_string()));
                false
            }
        });
    }
}

/// What the device will say of an allocation.
#[cfg(not(target_arch = "wasm32"))]
type Answer = Pin<Box<dyn Future<Output = Option<wgpu::Error>> + Send>>;
/// What the device will say of an allocation.
#[cfg(target_arch = "wasm32")]
type Answer = Pin<Box<dyn Future<Output = Option<wgpu::Error>>>>;

/// Nobody leaves a value half-changed, so a panic elsewhere does not matter.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Refuses adapters that cannot run our shaders.
fn require(adapter: &wgpu::Adapter) -> Result<(), GpuError> {
    let limits = adapter.limits();
    let lacking = |missing| GpuError::Lacking {
        adapter: adapter.get_info().name,
        missing,
    };
    if limits.max_texture_dimension_2d < 2048 {
        return Err(lacking("textures of 2048 texels"));
    }
    if limits.max_sampled_textures_per_shader_stage < 12 {
        return Err(lacking("twelve textures at once"));
    }
    Ok(())
}

fn capabilities(adapter: &wgpu::Adapter, device: &wgpu::Device) -> Capabilities {
    let multisampled = |format| {
        let flags = adapter.get_texture_format_features(format).flags;
        flags.contains(wgpu::TextureFormatFeatureFlags::MULTISAMPLE_X4)
    };
    let features = device.features();
    Capabilities {
        wireframe: features.contains(wgpu::Features::POLYGON_MODE_LINE),
        multisampling: multisampled(crate::targets::COLOR) && multisampled(crate::targets::DEPTH),
        multi_draw: features.contains(
            wgpu::Features::MULTI_DRAW_INDIRECT_COUNT | wgpu::Features::INDIRECT_FIRST_INSTANCE,
        ),
        base_vertex: adapter
            .get_downlevel_capabilities()
            .flags
            .contains(wgpu::DownlevelFlags::BASE_VERTEX),
        software: adapter.get_info().device_type == wgpu::DeviceType::Cpu,
        largest_buffer: device.limits().max_buffer_size,
    }
}

/// Keeps what the device reports, which by default would end the program.
fn catch(device: &wgpu::Device, failure: &Arc<Mutex<Option<String>>>) {
    let kept = Arc::clone(failure);
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        note(&kept, error.to_string());
    }));
    let kept = Arc::clone(failure);
    device.set_device_lost_callback(move |reason, message| {
        if reason != wgpu::DeviceLostReason::Destroyed {
            note(&kept, format!("the device is lost: {message}"));
        }
    });
}

/// Keeps the first failure: the others follow from it.
fn note(failure: &Mutex<Option<String>>, message: String) {
    tracing::error!(message, "graphics device");
    lock(failure).get_or_insert(message);
}
