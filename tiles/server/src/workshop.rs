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
    /// Microseconds that these are expected to take in all.
    expected: AtomicU64,
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

    /// Does a job that is expected to take so many seconds, and says how many seconds of CPU it took. In traces it has
    /// this name.
    ///
    /// # Errors
    /// [`WorkshopError`] when the queue is full or the job panics.
    pub(crate) async fn run<T, F>(
        &self,
        name: &'static str,
        expected: f64,
        work: F,
    ) -> Result<(T, f64), WorkshopError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let state = self.state.clone();
        let expected = (expected.max(0.0) * 1e6) as u64;
        let span = trace_span!("job", otel.name = name, gable.cpu_seconds = field::Empty);
        let queue = trace_span!(parent: &span, "queue");
        let entered = span.clone();
        let job = move || {
            drop(queue);
            let entered = entered.entered();
            let start = thread_seconds();
            let result = std::panic::catch_unwind(AssertUnwindSafe(work));
            let seconds = thread_seconds() - start;
            state.finish(expected);
            entered.record("gable.cpu_seconds", seconds);
            drop(entered);
            if let Ok(result) = result {
                // Nobody waits any more: then it is lost, which is theirs to choose.
                let _unheard = sender.send((result, seconds));
            }
        };
        self.state.begin(expected);
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.sender.try_send(Box::new(job))
        {
            self.state.finish(expected);
            trace::failed(&span, &WorkshopError::Full);
            return Err(WorkshopError::Full);
        }
        let done = receiver.await.map_err(|_| WorkshopError::Lost);
        done.inspect_err(|error| trace::failed(&span, error))
    }

    /// Seconds that a job would wait before it starts.
    pub(crate) fn queue_seconds(&self) -> f64 {
        let jobs = self.state.jobs.load(Ordering::Relaxed) as f64;
        let threads = f64::from(self.threads);
        let ahead = (jobs - threads + 1.0).max(0.0);
        let seconds = self.state.expected.load(Ordering::Relaxed) as f64 / 1e6;
        ahead * seconds / jobs.max(1.0) / threads
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
    fn begin(&self, expected: u64) {
        self.jobs.fetch_add(1, Ordering::Relaxed);
        self.expected.fetch_add(expected, Ordering::Relaxed);
    }

    fn finish(&self, expected: u64) {
        self.jobs.fetch_sub(1, Ordering::Relaxed);
        self.expected.fetch_sub(expected, Ordering::Relaxed);
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
                .run("job", 0.02, || panic!("on purpose"))
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
            async move { workshop.run("job", 0.02, work).await.map(|(n, _)| n) }
        });
        tokio::task::spawn_blocking(move || started.recv())
            .await
            .unwrap()
            .unwrap();
        let waiting = tokio::spawn({
            let workshop = workshop.clone();
            async move { workshop.run("job", 0.02, || 8).await.map(|(n, _)| n) }
        });
        while workshop.jobs() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            workshop.run("job", 0.02, || 9).await.map(|(n, _)| n),
            Err(WorkshopError::Full)
        );
        assert!((workshop.queue_seconds() - 0.04).abs() < 1e-9);
        go.send(()).unwrap();
        assert_eq!(slow.await.unwrap(), Ok(7));
        assert_eq!(waiting.await.unwrap(), Ok(8));
        assert_eq!((workshop.jobs(), workshop.queue_seconds()), (0, 0.0));
    }
}
