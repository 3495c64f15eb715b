//! What waits to be sent to the device, sent a bounded part at a time so that no frame is late for it.

use std::collections::VecDeque;

use crate::gpu::Gpu;
use crate::textures::{Layer, Textures};

/// The largest piece that is written at once; larger ones are slower per byte.
const PIECE_BYTES: usize = 4 << 20;

/// Whose bytes they are: a row of tiles or of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Tile(u32),
    Image(u32),
}

/// Where bytes go.
#[derive(Debug, Clone)]
pub(crate) enum Destination {
    Buffer {
        buffer: wgpu::Buffer,
        /// Bytes.
        offset: u64,
    },
    /// A level of detail of an image, from its top to its bottom.
    Level { layer: Layer, level: u32 },
}

#[derive(Debug)]
struct Job {
    owner: Owner,
    destination: Destination,
    bytes: Vec<u8>,
    done: usize,
}

/// What waits, in order.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    jobs: VecDeque<Job>,
}

impl Uploads {
    /// Bytes are a multiple of 4, or whole rows of a level.
    pub(crate) fn push(&mut self, owner: Owner, destination: Destination, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.jobs.push_back(Job {
                owner,
                destination,
                bytes,
                done: 0,
            });
        }
    }

    /// Forgets what has become pointless.
    pub(crate) fn cancel(&mut self, owner: Owner) {
        self.jobs.retain(|job| job.owner != owner);
    }

    /// Nothing of it waits.
    pub(crate) fn is_done(&self, owner: Owner) -> bool {
        self.jobs.iter().all(|job| job.owner != owner)
    }

    /// Bytes that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.jobs.iter().map(|job| job.bytes.len() - job.done).sum()
    }

    /// Sends at most `budget` bytes, but at least one row of an image. Returns how many, and who is done.
    pub(crate) fn step(
        &mut self,
        gpu: &Gpu,
        textures: &Textures,
        budget: usize,
    ) -> (usize, Vec<Owner>) {
        let mut sent = 0;
        let mut finished = Vec::new();
        while let Some(job) = self.jobs.front_mut() {
            let unit = match &job.destination {
                Destination::Buffer { .. } => 4,
                Destination::Level { layer, level } => layer.row_bytes(*level),
            };
            let room = (budget - sent).min(PIECE_BYTES) / unit * unit;
            // A budget below one row would never end.
            let room = if room == 0 && sent == 0 && budget > 0 {
                unit
            } else {
                room
            };
            if room == 0 {
                break;
            }
            let piece = job.done..job.bytes.len().min(job.done + room);
            sent += piece.len();
            write(gpu, textures, job, piece.start, &job.bytes[piece.clone()]);
            job.done = piece.end;
            if job.done == job.bytes.len() {
                let owner = job.owner;
                self.jobs.pop_front();
                if self.is_done(owner) {
                    finished.push(owner);
                }
            }
            if sent >= budget {
                break;
            }
        }
        (sent, finished)
    }
}

fn write(gpu: &Gpu, textures: &Textures, job: &Job, done: usize, piece: &[u8]) {
    match &job.destination {
        Destination::Buffer { buffer, offset } => {
            gpu.queue()
                .write_buffer(buffer, offset + done as u64, piece);
        }
        Destination::Level { layer, level } => {
            let row = layer.row_bytes(*level);
            textures.write(gpu, *layer, *level, done / row, piece);
        }
    }
}
