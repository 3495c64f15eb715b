//! Memory of the device, read.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::error::ReadError;
use crate::gpu::Gpu;

#[derive(Debug, Default)]
struct State {
    mapped: Option<Result<(), wgpu::BufferAsyncError>>,
    waker: Option<Waker>,
}

/// The content of a buffer, once everything that was submitted before is done.
#[derive(Debug)]
pub(crate) struct Readback {
    buffer: wgpu::Buffer,
    state: Arc<Mutex<State>>,
}

impl Readback {
    /// `buffer` has the usage `MAP_READ`, and what writes it was submitted.
    pub(crate) fn new(buffer: wgpu::Buffer) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        buffer.map_async(wgpu::MapMode::Read, .., move |mapped| {
            let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
            state.mapped = Some(mapped);
            if let Some(waker) = state.waker.take() {
                waker.wake();
            }
        });
        Self { buffer, state }
    }

    /// The bytes, if they are there already.
    pub(crate) fn take(&self) -> Poll<Result<Vec<u8>, ReadError>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.mapped {
            None => Poll::Pending,
            Some(Err(_)) => Poll::Ready(Err(ReadError)),
            Some(Ok(())) => {
                let bytes = self.buffer.get_mapped_range(..).map(|view| view.to_vec());
                Poll::Ready(bytes.map_err(|_| ReadError))
            }
        }
    }
}

impl Future for Readback {
    type Output = Result<Vec<u8>, ReadError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waker = Some(context.waker().clone());
        drop(state);
        self.take()
    }
}

/// A buffer that can be read.
pub(crate) fn readable(gpu: &Gpu, bytes: u64) -> wgpu::Buffer {
    gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: Some("readback"),
        size: bytes,
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    })
}
