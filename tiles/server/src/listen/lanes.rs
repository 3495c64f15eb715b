//! A thread for each core, each with connections of its own: what a connection waits for wakes its own thread and no other,
//! which halves what the system does for a small answer.

use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Threads that serve connections, in turn.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    next: usize,
}

/// Ends its thread when it goes.
#[derive(Debug)]
struct Lane {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Lanes {
    /// Starts so many; those that the system refuses are left out, and with none the caller's own runtime serves.
    pub(super) fn start(count: usize) -> Self {
        let mut lanes = Vec::with_capacity(count);
        for number in 0..count {
            match Lane::start(number) {
                Ok(lane) => lanes.push(lane),
                Err(error) => tracing::warn!(%error, "a thread for connections cannot be started"),
            }
        }
        Self { lanes, next: 0 }
    }

    /// Where the next connection is served.
    pub(super) fn next(&mut self) -> Handle {
        self.next = self.next.wrapping_add(1);
        let number = self.next.checked_rem(self.lanes.len());
        number.map_or_else(Handle::current, |number| self.lanes[number].handle.clone())
    }
}

impl Lane {
    fn start(number: usize) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name(format!("gable-lane-{number}"))
            .spawn(move || {
                // Ends also when the sender is dropped.
                let _stopped = runtime.block_on(stopped);
                runtime.shutdown_background();
            })?;
        Ok(Self {
            handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("a thread for connections has panicked");
        }
    }
}
