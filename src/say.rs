//! Output that survives its reader: `gable ... | head` ends quietly.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};

/// Prints a line.
macro_rules! say {
    () => { $crate::say::write(format_args!("\n")) };
    ($($part:tt)*) => { $crate::say::write(format_args!("{}\n", format_args!($($part)*))) };
}

/// Prints text as it is.
macro_rules! say_text {
    ($($part:tt)*) => { $crate::say::write(format_args!($($part)*)) };
}

/// Prints a line on standard error.
macro_rules! tell {
    ($($part:tt)*) => { $crate::say::write_error(format_args!("{}\n", format_args!($($part)*))) };
}

/// Prints text as it is on standard error.
macro_rules! tell_text {
    ($($part:tt)*) => { $crate::say::write_error(format_args!($($part)*)) };
}

pub(crate) use {say, say_text, tell, tell_text};

/// Writes to standard output; when nobody reads any more the program is done.
pub(crate) fn write(text: Arguments<'_>) {
    if let Err(error) = std::io::stdout().lock().write_fmt(text) {
        let code = if error.kind() == ErrorKind::BrokenPipe {
            0
        } else {
            3
        };
        #[expect(clippy::exit, reason = "there is nobody left to tell")]
        std::process::exit(code);
    }
}

/// Writes to standard error. Nobody may be reading it; what is to be done is done all the same.
pub(crate) fn write_error(text: Arguments<'_>) {
    _ = std::io::stderr().lock().write_fmt(text);
}

/// Writes to standard output if anybody reads it; whoever says so goes on anyway.
pub(crate) fn offer(text: &str) {
    let mut output = std::io::stdout().lock();
    if let Err(error) = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        tracing::debug!(%error, "nobody reads the output");
    }
}
