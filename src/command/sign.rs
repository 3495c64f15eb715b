//! `gable sign`: URLs that open a world for a while.

use std::time::SystemTime;

use gable_tiles::guard::SigningKey;

use crate::cli::SignArguments;
use crate::failure::Failure;
use crate::say::say;

/// Runs it.
pub(crate) fn run(arguments: &SignArguments) -> Result<(), Failure> {
    let usage = |error: gable_tiles::guard::SignError| Failure::Usage(error.to_string());
    let key = SigningKey::new(arguments.key.as_bytes()).map_err(usage)?;
    let expires = SystemTime::now() + arguments.expires;
    say!("{}", key.sign(&arguments.url, expires).map_err(usage)?);
    Ok(())
}
