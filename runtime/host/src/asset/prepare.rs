//! Files to prepared assets, by ending.

mod gltf;
mod image;
mod mtl;
mod obj;
mod text;

use std::path::PathBuf;

use gable_kernel::asset::{Asset, Table};

/// Files larger than this are not prepared.
const LARGEST_FILE: usize = 256 << 20;

/// Why a file did not become an asset.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssetError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what its name says, or damaged.
    #[error("{name}{}: {cause}; {cure}", .place.as_ref().map(|place| format!(":{place}")).unwrap_or_default())]
    Damaged {
        /// The asset's name.
        name: String,
        /// Line or byte offset, where known.
        place: Option<String>,
        /// What is wrong.
        cause: String,
        /// What to do.
        cure: String,
    },
}

/// What is wrong inside a file, before the file's name is known.
#[derive(Debug)]
struct Defect {
    place: Option<String>,
    cause: String,
    cure: &'static str,
}

impl Defect {
    /// A defect of the file as a whole.
    fn new(cause: impl Into<String>, cure: &'static str) -> Self {
        Self {
            place: None,
            cause: cause.into(),
            cure,
        }
    }

    /// A defect in a line, counted from 1.
    fn in_line(line: usize, cause: impl Into<String>, cure: &'static str) -> Self {
        Self {
            place: Some(line.to_string()),
            cause: cause.into(),
            cure,
        }
    }
}

/// Gives files that an asset names (MTL, textures), by name relative to the asset root.
pub type Related<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// A prepared file.
#[derive(Debug, Clone, PartialEq)]
pub struct Preparation {
    /// The asset.
    pub asset: Asset,
    /// Images inside the file, by the names that its materials use.
    pub images: Vec<(String, Asset)>,
    /// What is missing or could not be taken over.
    pub warnings: Vec<String>,
}

impl Preparation {
    fn of(asset: Asset) -> Self {
        Self {
            asset,
            images: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// Prepares a file; `related` gives files that it names. Images inside the file and warnings are left aside, see
/// [`prepare_all`].
///
/// # Errors
/// [`AssetError::Damaged`] naming file, place, cause and cure.
pub fn prepare(name: &str, bytes: &[u8], related: &Related<'_>) -> Result<Asset, AssetError> {
    prepare_all(name, bytes, related).map(|preparation| preparation.asset)
}

/// Prepares a file with everything in it.
///
/// # Errors
/// [`AssetError::Damaged`] naming file, place, cause and cure.
pub fn prepare_all(
    name: &str,
    bytes: &[u8],
    related: &Related<'_>,
) -> Result<Preparation, AssetError> {
    let ending = name
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let result = match ending.as_str() {
        _ if bytes.len() > LARGEST_FILE => Err(Defect::new(
            format!(
                "the file has {} bytes, more than {LARGEST_FILE}",
                bytes.len()
            ),
            "simplify the model or scale the image down",
        )),
        "obj" => obj::prepare(name, bytes, related),
        "glb" | "gltf" => gltf::prepare(name, bytes, related),
        "png" | "jpg" | "jpeg" => {
            image::prepare(bytes).map(|image| Preparation::of(Asset::Image(image)))
        }
        "txt" => text::read(bytes).map(|text| Preparation::of(Asset::Text(text))),
        "csv" => (text::read(bytes).and_then(|text| text::table(&text)))
            .map(|table| Preparation::of(Asset::Table(table))),
        "cgamat" => material(name, bytes).map(|table| Preparation::of(Asset::Table(table))),
        "mtl" => text::read(bytes)
            .map(|text| Preparation::of(Asset::Table(mtl::first_material(name, &text)))),
        _ => Err(Defect::new(
            "this kind of file cannot be read",
            "use OBJ, GLB, PNG, JPEG, CSV, TXT, CGAMAT or MTL",
        )),
    };
    result.map_err(|Defect { place, cause, cure }| AssetError::Damaged {
        name: name.to_owned(),
        place,
        cause,
        cure: cure.to_owned(),
    })
}

/// A material as CityEngine writes it: a table of names and values, with images named relative to its folder.
fn material(name: &str, bytes: &[u8]) -> Result<Table, Defect> {
    let mut table = text::table(&text::read(bytes)?)?;
    if !table.cells.is_empty() && table.columns != 2 {
        return Err(Defect::new(
            format!("a material has 2 columns, this has {}", table.columns),
            "write a name, a comma and a value in each line",
        ));
    }
    for row in table.cells.chunks_exact_mut(2) {
        let is_file = row[0].ends_with("map") && !row[1].is_empty();
        if is_file && !row[1].starts_with(['/', '\\']) && !row[1].starts_with("builtin:") {
            row[1] = beside(name, &row[1]);
        }
    }
    Ok(table)
}

/// The name of a file that another one names: relative to that one's folder, with `/`; what leads out of the asset
/// root stays inside it.
fn beside(name: &str, reference: &str) -> String {
    let folder = name.rfind('/').map_or("", |end| &name[..end]);
    let reference = reference.trim().replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(reference.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    // Files of other projects are named from a slash on.
    let root = if name.starts_with('/') { "/" } else { "" };
    [root, &parts.join("/")].concat()
}

#[cfg(test)]
mod tests;
