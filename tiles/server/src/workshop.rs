//! Threads that generate and encode: as many as cores, with a bounded queue before them.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::sync::oneshot;
use tracing::{field, trace_span};

use crate::trace;

/// A bounded pool of threads.
#[derive(Debug)]
pub(crate) struct Workshop {
    sender: SyncSender<Job>,
    state: Arc<State>,
    threads: u32,
}

type Job = Box<dyn FnOnce() + Send>;

#[derive(Debug, Default)]
struct State {
    /// Jobs that wait or run.
    jobs: AtomicUsize,
    /// Mean seconds of a job, as bits.
    mean: AtomicU64,
}

/// Why a job was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WorkshopError {
    /// The queue is full.
    #[error("all workers are busy and the queue is full")]
    Full,
    /// It panicked.
    #[error("the work ended by a fault of ours, which the log tells")]
    Lost,
}

/// How fast the mean follows: about the last ten jobs.
const FORGETTING: f64 = 0.1;

impl Workshop {
    /// Starts so many threads; so many jobs may wait.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn new(threads: u32, queue: usize) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel::<Job>(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads.max(1) {
            let receiver = receiver.clone();
            std::thread::Builder::new()
                .name(format!("gable-worker-{number}"))
                .spawn(move || work(&receiver))?;
        }
        Ok(Self {
            sender,
            state: Arc::default(),
            threads: threads.max(1),
        })
    }

    /// Does a job and says how many seconds of CPU it took. In traces it has this name.
    ///
    /// # Errors
    /// [`WorkshopError`] when the queue is full or the job panics.
    pub(crate) async fn run<T, F>(
        &self,
        name: &'static str,
        work: F,
    ) -> Result<(T, f64), WorkshopError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let state = self.state.clone();
        let span = trace_span!("job", otel.name = name, gable.cpu_seconds = field::Empty);
        let queue = trace_span!(parent: &span, "queue");
        let entered = span.clone();
        let job = move || {
            drop(queue);
            let entered = entered.entered();
            let start = thread_seconds();
            let result = std::panic::catch_unwind(AssertUnwindSafe(work));
            let seconds = thread_seconds() - start;
            state.finish(seconds);
            entered.record("gable.cpu_seconds", seconds);
            drop(entered);
            if let Ok(result) = result {
                // Nobody waits any more: then it is lost, which is theirs to choose.
                let _unheard = sender.send((result, seconds));
            }
        };
        self.state.jobs.fetch_add(1, Ordering::Relaxed);
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.sender.try_send(Box::new(job))
        {
            self.state.jobs.fetch_sub(1, Ordering::Relaxed);
            trace::failed(&span, &WorkshopError::Full);
            return Err(WorkshopError::Full);
        }
        let done = receiver.await.map_err(|_| WorkshopError::Lost);
        done.inspect_err(|error| trace::failed(&span, error))
    }

    /// Seconds that a job would wait before it starts.
    pub(crate) fn queue_seconds(&self) -> f64 {
        let jobs = self.state.jobs.load(Ordering::Relaxed) as f64;
        let ahead = (jobs - f64::from(self.threads) + 1.0).max(0.0);
        ahead * self.state.mean_seconds() / f64::from(self.threads)
    }

    /// Mean seconds of a job lately.
    pub(crate) fn mean_seconds(&self) -> f64 {
        self.state.mean_seconds()
    }

    /// Number of threads.
    pub(crate) fn threads(&self) -> u32 {
        self.threads
    }

    /// Jobs that wait or run.
    pub(crate) fn jobs(&self) -> usize {
        self.state.jobs.load(Ordering::Relaxed)
    }
}

impl State {
    fn mean_seconds(&self) -> f64 {
        f64::from_bits(self.mean.load(Ordering::Relaxed))
    }

    fn finish(&self, seconds: f64) {
        self.jobs.fetch_sub(1, Ordering::Relaxed);
        let mean = self.mean_seconds();
        let mean = if mean == 0.0 {
            seconds
        } else {
            mean + FORGETTING * (seconds - mean)
        };
        self.mean.store(mean.to_bits(), Ordering::Relaxed);
    }
}

/// A thread's life: it ends with the workshop.
fn work(receiver: &Mutex<Receiver<Job>>) {
    loop {
        let job = receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

/// Seconds of CPU that this thread took so far.
pub(crate) fn thread_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
    .as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_refuses_and_a_panic_takes_no_thread_away() {
        let workshop = Arc::new(Workshop::new(1, 1).unwrap());
        assert_eq!(
            workshop
                .run("job", || panic!("on purpose"))
                .await
                .map(|((), _)| ()),
            Err(WorkshopError::Lost)
        );
        let (start, started) = std::sync::mpsc::channel();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let slow = tokio::spawn({
            let workshop = workshop.clone();
            let work = move || {
                start.send(()).unwrap();
                wait.recv().unwrap();
                7
            };
            async move { workshop.run("job", work).await.map(|(n, _)| n) }
        });
        tokio::task::spawn_blocking(move || started.recv())
            .await
            .unwrap()
            .unwrap();
        let waiting = tokio::spawn({
            let workshop = workshop.clone();
            async move { workshop.run("job", || 8).await.map(|(n, _)| n) }
        });
        while workshop.jobs() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            workshop.run("job", || 9).await.map(|(n, _)| n),
            Err(WorkshopError::Full)
        );
        go.send(()).unwrap();
        assert_eq!(slow.await.unwrap(), Ok(7));
        assert_eq!(waiting.await.unwrap(), Ok(8));
        assert_eq!(workshop.jobs(), 0);
    }
}
