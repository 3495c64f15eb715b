//! How a command fails: what is printed and the exit code.

use std::path::Path;

use crate::say::tell;
use gable_runtime::GenerateError;

/// The reasons for which a command ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The grammar has errors; they are printed already.
    Grammar,
    /// The command line does not make sense.
    Usage(String),
    /// A file is missing or broken.
    Input(String),
    /// A limit ended the run.
    Limit(String),
    /// Somebody pressed Ctrl-C.
    Interrupted(String),
}

impl Failure {
    /// A file that cannot be read or written.
    pub(crate) fn file(verb: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::Input(format!("cannot {verb} {}: {error}", path.display()))
    }

    /// The exit code, as the help lists them.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Grammar => 1,
            Self::Usage(_) => 2,
            Self::Input(_) => 3,
            Self::Limit(_) => 4,
            Self::Interrupted(_) => 130,
        }
    }

    /// Prints it, unless that is done.
    pub(crate) fn print(&self) {
        match self {
            Self::Grammar => {}
            Self::Usage(text) | Self::Input(text) | Self::Limit(text) => tell!("error: {text}"),
            Self::Interrupted(text) => tell!("{text}"),
        }
    }
}

impl From<GenerateError> for Failure {
    fn from(error: GenerateError) -> Self {
        match error {
            GenerateError::Stopped { ref kind, .. } => {
                let cure = match kind.as_str() {
                    "gas" => "; raise it with --gas, or use a coarser --lod or fewer features",
                    "shapes" => {
                        "; raise it with --max-shapes, or use a coarser --lod or fewer features"
                    }
                    "depth" | "functionDepth" => "; give the recursion an end",
                    _ => "; use a coarser --lod or fewer features",
                };
                Self::Limit(format!("{error}{cure}"))
            }
            GenerateError::Timeout { .. } => Self::Limit(error.to_string()),
            _ => Self::Input(error.to_string()),
        }
    }
}
