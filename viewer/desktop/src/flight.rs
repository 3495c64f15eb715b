//! A recorded flight, and what it took.

use std::time::{Duration, Instant};

use gable_session::scenery::Scenery;
use gable_view::camera::Camera;
use gable_view::path::Path;
use serde::Serialize;

use crate::headless::{Headless, HeadlessError};

/// What a flight took. Bytes are bytes, times seconds where nothing else is said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flight {
    /// What drew it.
    pub device: String,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// From opening the viewer to the first tile in the first view.
    pub first_tile: Option<f64>,
    /// From opening the viewer to a first view in which nothing is missing.
    pub complete_view: f64,
    /// Frames of the flight, and how long it lasted.
    pub frames: usize,
    /// How long the flight lasted.
    pub seconds: f64,
    /// Share of the frames in which nothing was missing.
    pub complete_frames: f64,
    /// Milliseconds of a frame of the flight: streaming, drawing, waiting for the device.
    pub frame_milliseconds: Percentiles,
    /// Of these, streaming and uploading.
    pub stream_milliseconds: Percentiles,
    /// Milliseconds to draw the first view when it was complete, and nothing at all.
    pub still_milliseconds: f64,
    /// Milliseconds to draw the sky.
    pub empty_milliseconds: f64,
    /// Triangles in a frame.
    pub triangles: Percentiles,
    /// Draw calls in a frame.
    pub calls: Percentiles,
    /// Tiles that were generated here.
    pub generated: u64,
    /// Tiles that came as meshes.
    pub meshes: u64,
    /// Times that a tile could not be had.
    pub failures: u64,
    /// Bytes over the network, of everything.
    pub wire_bytes: u64,
    /// Bytes to the device.
    pub uploaded_bytes: u64,
    /// The most bytes to the device in one frame.
    pub most_uploaded_in_a_frame: u64,
    /// Graphics memory of the tiles that are there at the end, and of it per million triangles that they draw.
    pub graphics_bytes: u64,
    /// The same per million triangles on the screen, if all of them were drawn.
    pub graphics_bytes_per_million_triangles: f64,
}

/// Of numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// Half of them are not larger.
    pub p50: f64,
    /// 95 of 100.
    pub p95: f64,
    /// 99 of 100.
    pub p99: f64,
    /// None is larger.
    pub most: f64,
}

impl Percentiles {
    fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * numbers.len() as f64).ceil() as usize;
            numbers
                .get(place.saturating_sub(1))
                .copied()
                .unwrap_or_default()
        };
        Self {
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            most: at(1.0),
        }
    }
}

/// How a flight goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// By the clock: as many frames as the device draws meanwhile.
    Clock,
    /// So many frames, evenly, as fast as the device draws them.
    Frames(usize),
}

/// Pictures whose median is the time of a picture that does not change.
const STILLS: usize = 5;

impl Headless {
    /// Flies along a path, after its first view is complete.
    ///
    /// # Errors
    /// [`HeadlessError`] when the first view takes longer than `patience`, or the device fails.
    pub fn fly(
        &mut self,
        path: &Path,
        pace: Pace,
        scenery: &Scenery,
        patience: Duration,
    ) -> Result<Flight, HeadlessError> {
        let first = path.at(0.0);
        let empty = self.still(&first, scenery)?;
        self.complete(&first, patience)?;
        let (first_tile, complete_view) = (self.first_tile(), self.seconds());
        let still = self.still(&first, scenery)?;
        let (mut frames, mut streams) = (Vec::new(), Vec::new());
        let (mut triangles, mut calls) = (Vec::new(), Vec::new());
        let mut complete = 0;
        let start = Instant::now();
        loop {
            let seconds = match pace {
                Pace::Clock => start.elapsed().as_secs_f64(),
                Pace::Frames(count) => {
                    frames.len() as f64 * path.seconds() / count.saturating_sub(1).max(1) as f64
                }
            };
            let is_over = match pace {
                Pace::Clock => seconds > path.seconds(),
                Pace::Frames(count) => frames.len() >= count,
            };
            if is_over && !frames.is_empty() {
                break;
            }
            let (camera, begun) = (path.at(seconds), Instant::now());
            complete += usize::from(self.advance(&camera));
            streams.push(milliseconds(begun));
            let drawn = self.draw(&camera, scenery)?;
            frames.push(milliseconds(begun));
            triangles.push(drawn.triangles as f64);
            calls.push(f64::from(drawn.calls));
        }
        let seconds = start.elapsed().as_secs_f64();
        let (device, size, wire_bytes) = (self.device(), self.size(), self.received());
        let session = self.session();
        let (totals, memory) = (session.totals(), session.renderer().memory());
        let million = session.resident_triangles() as f64 / 1e6;
        Ok(Flight {
            device,
            size,
            first_tile,
            complete_view,
            frames: frames.len(),
            seconds,
            complete_frames: complete as f64 / frames.len() as f64,
            frame_milliseconds: Percentiles::of(frames),
            stream_milliseconds: Percentiles::of(streams),
            still_milliseconds: still,
            empty_milliseconds: empty,
            triangles: Percentiles::of(triangles),
            calls: Percentiles::of(calls),
            generated: totals.generated,
            meshes: totals.meshes,
            failures: totals.failures,
            wire_bytes,
            uploaded_bytes: totals.uploaded_bytes,
            most_uploaded_in_a_frame: totals.most_uploaded,
            graphics_bytes: memory.used(),
            graphics_bytes_per_million_triangles: memory.used() as f64 / million.max(1e-6),
        })
    }

    /// Milliseconds to draw what is there, nothing new.
    fn still(&mut self, camera: &Camera, scenery: &Scenery) -> Result<f64, HeadlessError> {
        let mut times = Vec::new();
        // The first one compiles shaders.
        for _ in 0..=STILLS {
            let begun = Instant::now();
            self.draw(camera, scenery)?;
            times.push(milliseconds(begun));
        }
        Ok(Percentiles::of(times.split_off(1)).p50)
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_numbers_that_occurred() {
        let percentiles = Percentiles::of((1..=200).rev().map(f64::from).collect());
        let Percentiles {
            p50,
            p95,
            p99,
            most,
        } = percentiles;
        assert_eq!([p50, p95, p99, most], [100.0, 190.0, 198.0, 200.0]);
        assert_eq!(Percentiles::of(Vec::new()), Percentiles::default());
    }
}
