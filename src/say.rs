//! Standard output that survives its reader: `gable ... | head` ends quietly.

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

pub(crate) use {say, say_text};

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
