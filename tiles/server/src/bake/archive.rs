//! A baked folder as one file, `.3tz`.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use gable_content::archive::{ArchiveError, Packing, Reader, Writer};

use super::folder::{Folder, MARKER, Marker};
use super::{Bake, BakeError, BakeReport, Baking};

/// Largest file that is read of an archive: the marker.
const LIMIT: u64 = 1 << 30;

impl Bake<'_> {
    /// Bakes to a `.3tz` file, by way of a folder beside it that is gone in the end. The same world gives the same bytes.
    ///
    /// # Errors
    /// [`BakeError`]; what was made stays in the folder, and another run goes on from there.
    pub fn to_archive(&self, file: &Path, packing: Packing) -> Result<BakeReport, BakeError> {
        if file.exists() && marker_of(file).is_none_or(|marker| marker.world != self.world.id()) {
            return Err(BakeError::Foreign(file.to_owned()));
        }
        let path = folder_beside(file);
        let folder = Folder::open(&path)?;
        let mut baking = self.bake(&folder)?;
        let part = folder.part();
        pack(&folder, &baking, &part, packing, self)?;
        fs::rename(&part, file).map_err(|source| BakeError::write(file, source))?;
        baking.report.archive_bytes = fs::metadata(file).ok().map(|data| data.len());
        drop(folder);
        fs::remove_dir_all(&path).map_err(|source| BakeError::write(&path, source))?;
        Ok(self.finished(baking))
    }
}

/// `city.3tz` is made in `city.3tz.baking`.
fn folder_beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".baking");
    file.with_file_name(name)
}

/// What an archive of ours says of itself.
fn marker_of(file: &Path) -> Option<Marker> {
    let mut reader = Reader::open(File::open(file).ok()?, LIMIT).ok()?;
    serde_json::from_slice(&reader.get(MARKER).ok()??).ok()
}

fn pack(
    folder: &Folder,
    baking: &Baking,
    part: &Path,
    packing: Packing,
    bake: &Bake<'_>,
) -> Result<(), BakeError> {
    let wrap = |error| match error {
        ArchiveError::Io(source) => BakeError::write(part, source),
        other => BakeError::Archive(other),
    };
    let file = File::create(part).map_err(|source| BakeError::write(part, source))?;
    let mut writer = Writer::new(BufWriter::new(file));
    for name in &baking.files {
        bake.go_on(baking.report.tiles())?;
        if let Some(bytes) = folder.read(name)? {
            writer.add(name, &bytes, packing).map_err(wrap)?;
        }
    }
    let mut file = writer.finish().map_err(wrap)?;
    file.flush()
        .map_err(|source| BakeError::write(part, source))
}
