//! Rule packages (`.rpk`): 7z archives with the rules of a CityEngine project and the files that they need.
//!
//! ```text
//! rules/typology/tower.cga        rules of the project; they may be left out
//! bin/typology/tower.cgb          the start rule, compiled by CityEngine: closed bytecode
//! bin/typology/tower$facade.cgb   the same of its imports
//! assets/roof/tiles.jpg           named `roof/tiles.jpg`
//! .ws/ESRI.lib/assets/oak.obj     a file of another project, named `/ESRI.lib/assets/oak.obj`
//! ```
//! A path goes on inside a package: `tower.rpk/rules/typology/tower.cga`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use gable_grammar::normal;
use gable_runtime::asset::AssetStore;
use sevenz_rust2::{ArchiveReader, EntryDecision, Error, Password};

/// What an archive may ask of this machine; more is refused.
struct Limits {
    entries: usize,
    /// Bytes of a file.
    file: u64,
    /// Bytes of all files.
    package: u64,
    /// For the archive's own directory and for the dictionary of its compression, each.
    memory_kib: usize,
}

const LIMITS: Limits = Limits {
    entries: 100_000,
    file: 256 << 20,
    package: 2 << 30,
    memory_kib: 256 << 10,
};

/// Why a package cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The package.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The archive is damaged, or packed in a way that is not known here.
    #[error("{}: the rule package cannot be unpacked: {reason}; share it again from CityEngine, or pack its files as plain 7z", path.display())]
    Archive {
        /// The package.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// There are only rules that CityEngine compiled.
    #[error(
        "{}: the rule package holds only compiled rules ({}), which are closed bytecode: ask its author for a package with \
         the .cga sources", path.display(), bytecode.join(", ")
    )]
    Bytecode {
        /// The package.
        path: PathBuf,
        /// What is in it.
        bytecode: Vec<String>,
    },
    /// There are no rules.
    #[error("{}: there are no rules in the rule package", path.display())]
    Empty {
        /// The package.
        path: PathBuf,
    },
    /// There are several rule files, and nothing says with which one to start.
    #[error("{}: it has several rule files, name one: {}", path.display(), listed(path, rules))]
    Choice {
        /// The package.
        path: PathBuf,
        /// The rule files.
        rules: Vec<String>,
    },
}

fn listed(path: &Path, rules: &[String]) -> String {
    let paths = rules
        .iter()
        .map(|rule| path.join(rule).display().to_string());
    paths.collect::<Vec<_>>().join(", ")
}

/// The rules of a package.
#[derive(Debug)]
pub struct Package {
    path: PathBuf,
    /// Texts of rule files by their paths inside.
    rules: BTreeMap<String, Vec<u8>>,
    /// Paths of compiled rules.
    bytecode: Vec<String>,
}

/// A package and a path inside, of a path that leads to or into one.
pub fn split(path: &Path) -> Option<(PathBuf, String)> {
    let is_package = |path: &Path| {
        let ending = path.extension().unwrap_or_default();
        ending.eq_ignore_ascii_case("rpk") && path.is_file()
    };
    let package = path.ancestors().find(|path| is_package(path))?;
    let inside = path.strip_prefix(package).ok()?;
    Some((package.to_owned(), normal(inside)))
}

/// The rules of a package; those of the last one are kept.
///
/// # Errors
/// [`PackageError`].
pub fn open(path: &Path) -> Result<Arc<Package>, PackageError> {
    /// A file at a time, and its rules.
    type Kept = Option<(PathBuf, Option<SystemTime>, Arc<Package>)>;
    static LAST: Mutex<Kept> = Mutex::new(None);
    let time = path.metadata().and_then(|it| it.modified()).ok();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, then, package)) = &*last
        && (known, then) == (&path.to_owned(), &time)
    {
        return Ok(Arc::clone(package));
    }
    let mut bytecode = Vec::new();
    let is_rule = |name: &str| {
        if has_ending(name, "cgb") {
            bytecode.push(name.to_owned());
        }
        has_ending(name, "cga")
    };
    let rules = unpack(path, is_rule)?.into_iter().collect();
    bytecode.sort();
    let path = path.to_owned();
    let package = Arc::new(Package {
        path: path.clone(),
        rules,
        bytecode,
    });
    *last = Some((path, time, Arc::clone(&package)));
    Ok(package)
}

/// The files of a package that can be assets, by the names that grammars use.
///
/// # Errors
/// [`PackageError`].
pub fn assets(path: &Path) -> Result<Vec<(String, Vec<u8>)>, PackageError> {
    let files = unpack(path, |name| {
        AssetStore::takes(name) && !name.starts_with("rules/") && !name.starts_with("bin/")
    })?;
    let named = |(name, bytes): (String, Vec<u8>)| match name.strip_prefix(".ws/") {
        Some(other) => (format!("/{other}"), bytes),
        None => (
            name.strip_prefix("assets/").unwrap_or(&name).to_owned(),
            bytes,
        ),
    };
    Ok(files.into_iter().map(named).collect())
}

impl Package {
    /// Paths inside of the project's own rule files, in order.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        let paths = self.rules.keys().map(String::as_str);
        paths.filter(|path| !path.starts_with(".ws/"))
    }

    /// The path inside of the rule file to start with: the one that was compiled as such, or the only one.
    ///
    /// # Errors
    /// [`PackageError`] when there are no rules or too many.
    pub fn main(&self) -> Result<&str, PackageError> {
        let path = self.path.clone();
        let compiled = self.bytecode.iter().filter(|name| !name.contains('$'));
        let sources = compiled.filter_map(|name| {
            let stem = name.strip_prefix("bin/").unwrap_or(name);
            let stem = &stem[..stem.len() - ".cgb".len()];
            let is_it = |rule: &&str| {
                let rule = rule.strip_prefix("rules/").unwrap_or(rule);
                &rule[..rule.len() - ".cga".len()] == stem
            };
            self.rules().find(is_it)
        });
        let mut candidates: Vec<&str> = sources.collect();
        if candidates.len() != 1 {
            candidates = self.rules().collect();
        }
        match candidates[..] {
            [only] => Ok(only),
            [] if self.bytecode.is_empty() => Err(PackageError::Empty { path }),
            [] => Err(PackageError::Bytecode {
                path,
                bytecode: self.bytecode.clone(),
            }),
            _ => Err(PackageError::Choice {
                path,
                rules: candidates.into_iter().map(str::to_owned).collect(),
            }),
        }
    }

    /// The bytes of a rule file, by its path inside.
    pub fn rule(&self, inside: &str) -> Option<&[u8]> {
        self.rules.get(inside).map(Vec::as_slice)
    }

    /// The rule file that an import means: beside the importer, in the importer's project, or in the project that it
    /// names.
    pub(super) fn import(&self, importer: &str, written: &str) -> Option<(String, &[u8])> {
        let candidates = match written.strip_prefix('/') {
            Some(rooted) => {
                let (_, in_project) = rooted.split_once('/').unwrap_or(("", rooted));
                [format!(".ws/{rooted}"), in_project.to_owned()]
            }
            None => {
                let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
                let other = importer.strip_prefix(".ws/");
                let project = other.map_or("", |other| {
                    &importer[..".ws/".len() + other.find('/').unwrap_or(0)]
                });
                [folder.join(written), Path::new(project).join(written)].map(|path| normal(&path))
            }
        };
        let mut candidates = candidates.into_iter();
        candidates.find_map(|path| self.rule(&path).map(|bytes| (path.clone(), bytes)))
    }
}

fn has_ending(name: &str, ending: &str) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    extension.eq_ignore_ascii_case(ending)
}

/// The files of a package that are wanted, by their paths inside.
fn unpack(
    path: &Path,
    is_wanted: impl FnMut(&str) -> bool,
) -> Result<Vec<(String, Vec<u8>)>, PackageError> {
    unpack_within(&LIMITS, path, is_wanted)
}

fn unpack_within(
    limits: &Limits,
    path: &Path,
    mut is_wanted: impl FnMut(&str) -> bool,
) -> Result<Vec<(String, Vec<u8>)>, PackageError> {
    let file = File::open(path).map_err(|source| PackageError::Read {
        path: path.to_owned(),
        source,
    })?;
    let refused = |reason: String| PackageError::Archive {
        path: path.to_owned(),
        reason,
    };
    let damaged = |error: Error| refused(reason(error));
    let password = Password::empty();
    let archive = ArchiveReader::new_with_memory_limit(file, password, limits.memory_kib);
    let mut archive = archive.map_err(damaged)?;
    let entries = &archive.archive().files;
    let sizes = entries.iter().map(|entry| entry.size);
    let large = entries.iter().find(|entry| entry.size > limits.file);
    if let Some(large) = large {
        let (name, most) = (&large.name, limits.file);
        return Err(refused(format!("{name} has more than {most} bytes")));
    }
    if entries.len() > limits.entries || sizes.fold(0, u64::saturating_add) > limits.package {
        let (entries, bytes) = (limits.entries, limits.package);
        return Err(refused(format!(
            "it has more than {entries} files or {bytes} bytes"
        )));
    }
    let mut files = Vec::new();
    let unpacked = archive.for_each_entries_with_decision(|entry, reader| {
        let name = normal(Path::new(&entry.name.replace('\\', "/")));
        if !entry.is_directory && is_wanted(&name) {
            let mut bytes = Vec::new();
            reader.take(limits.file).read_to_end(&mut bytes)?;
            files.push((name, bytes));
        }
        Ok(EntryDecision::Continue)
    });
    unpacked.map_err(damaged)?;
    Ok(files)
}

/// What is wrong with an archive, in words.
fn reason(error: Error) -> String {
    match error {
        Error::BadSignature(_) => "it is no 7z archive".to_owned(),
        Error::Io(source, _) => source.to_string(),
        Error::Other(text) | Error::Unsupported(text) => text.into_owned(),
        Error::PasswordRequired => "it is encrypted".to_owned(),
        Error::MaxMemLimited { max_kb, .. } => format!("it needs more than {max_kb} KiB of memory"),
        Error::UnsupportedCompressionMethod(name) => {
            format!("its compression is not known here: {name}")
        }
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => {
            "a checksum in it is wrong".to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
