//! The process's limit of open files: each connection is one.

/// Raises the limit as far as the system lets this process, and tells what it is now.
pub fn raise_descriptor_limit() -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let now = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: now.maximum,
            maximum: now.maximum,
        };
        let limit = match setrlimit(Resource::Nofile, raised) {
            Ok(()) => now.maximum,
            Err(_) => now.current,
        };
        limit.unwrap_or(u64::MAX)
    }
    #[cfg(not(unix))]
    u64::MAX
}
