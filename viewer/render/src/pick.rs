//! What lies under a pixel.

use std::task::Poll;

use glam::{DVec3, Vec3};

use crate::camera::View;
use crate::error::ReadError;
use crate::gpu::Gpu;
use crate::readback::Readback;
use crate::tiles::{TileHandle, known_feature};

/// What lies under a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picked {
    /// The tile.
    pub handle: TileHandle,
    /// The feature, if it is one.
    pub feature: Option<u32>,
    /// In the world's frame, metres.
    pub position: DVec3,
}

/// A question that the device is about to answer.
#[derive(Debug)]
pub struct Pick {
    gpu: Gpu,
    readback: Option<Readback>,
    /// Tiles by their slots, as they were when it was asked.
    tiles: Vec<TileHandle>,
    eye: DVec3,
    /// From the eye through the pixel, one metre along the view.
    ray: Vec3,
    near: f32,
}

impl Pick {
    /// `readback` is none when there is nothing to ask.
    pub(crate) fn new(
        gpu: &Gpu,
        view: &View,
        readback: Option<Readback>,
        tiles: Vec<TileHandle>,
    ) -> Self {
        let ray = view.clip_from_eye.inverse() * glam::Vec4::new(0.0, 0.0, 1.0, 1.0);
        let ray = ray.truncate();
        Self {
            gpu: gpu.clone(),
            readback,
            tiles,
            eye: view.eye,
            ray: ray / ray.dot(view.forward),
            near: view.near,
        }
    }

    /// The answer, if it is there already: none when there is no tile under the pixel.
    pub fn poll(&self) -> Poll<Result<Option<Picked>, ReadError>> {
        let Some(readback) = &self.readback else {
            return Poll::Ready(Ok(None));
        };
        if self.gpu.device().poll(wgpu::PollType::Poll).is_err() {
            return Poll::Ready(Err(ReadError));
        }
        readback
            .take()
            .map(|read| read.map(|bytes| self.answer(&bytes)))
    }

    /// Waits for the answer; in a browser use [`poll`](Self::poll).
    ///
    /// # Errors
    ///
    /// The device is lost.
    pub fn wait(&self) -> Result<Option<Picked>, ReadError> {
        self.gpu.wait();
        match self.poll() {
            Poll::Ready(answer) => answer,
            Poll::Pending => Err(ReadError),
        }
    }

    fn answer(&self, bytes: &[u8]) -> Option<Picked> {
        let number = |index: usize| bytemuck::pod_read_unaligned::<u32>(&bytes[index * 4..][..4]);
        let [slot, feature, depth, there] = [0, 1, 2, 3].map(number);
        if there == 0 {
            return None;
        }
        let handle = self.tiles.iter().find(|handle| handle.0.slot == slot)?;
        let distance = f64::from(self.near) / f64::from(f32::from_bits(depth));
        Some(Picked {
            handle: *handle,
            feature: known_feature(feature),
            position: self.eye + self.ray.as_dvec3() * distance,
        })
    }
}
