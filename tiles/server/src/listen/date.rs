//! The `Date` of answers, written anew once a second.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

thread_local! {
    /// The second, and its date.
    static LATEST: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

/// Adds the line.
pub(super) fn write(out: &mut Vec<u8>) {
    let now = SystemTime::now();
    let second = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    LATEST.with_borrow_mut(|(written, line)| {
        if *written != second || line.is_empty() {
            *line = format!("date: {}\r\n", httpdate::fmt_http_date(now));
            *written = second;
        }
        out.extend_from_slice(line.as_bytes());
    });
}
