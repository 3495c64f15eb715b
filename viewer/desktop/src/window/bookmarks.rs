//! Views that somebody wants to see again, kept from one session to the next.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gable_view::camera::Camera;

/// Views of a world.
#[derive(Debug)]
pub(super) struct Bookmarks {
    /// Where those of all worlds are kept.
    file: Option<PathBuf>,
    world: String,
    cameras: Vec<Camera>,
}

/// By world; cameras as text.
type Kept = BTreeMap<String, Vec<String>>;

impl Bookmarks {
    /// Those of a world. What cannot be read does not count.
    pub(super) fn read(file: Option<PathBuf>, world: &str) -> Self {
        let mut bookmarks = Self {
            file,
            world: world.to_owned(),
            cameras: Vec::new(),
        };
        let mut kept = bookmarks.kept().unwrap_or_default();
        let texts = kept.remove(world).unwrap_or_default();
        bookmarks.cameras = texts.iter().filter_map(|text| text.parse().ok()).collect();
        bookmarks
    }

    /// What the file has; nothing if there is none yet.
    fn kept(&self) -> Result<Kept, String> {
        let Some(file) = self.file.as_ref().filter(|file| file.exists()) else {
            return Ok(Kept::new());
        };
        let text = std::fs::read(file).map_err(|error| error.to_string());
        let kept =
            text.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
        kept.map_err(|why| {
            format!(
                "{} cannot be read, and is left as it is: {why}",
                file.display()
            )
        })
    }

    pub(super) fn all(&self) -> &[Camera] {
        &self.cameras
    }

    /// Keeps one more; why it is not kept for the next session.
    pub(super) fn add(&mut self, camera: Camera) -> Result<(), String> {
        self.cameras.push(camera);
        self.write()
    }

    /// Forgets one.
    pub(super) fn remove(&mut self, number: usize) -> Result<(), String> {
        if number < self.cameras.len() {
            self.cameras.remove(number);
        }
        self.write()
    }

    fn write(&self) -> Result<(), String> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut kept = self.kept()?;
        let texts = self.cameras.iter().map(Camera::to_string).collect();
        kept.insert(self.world.clone(), texts);
        let text = serde_json::to_string_pretty(&kept).expect("plain data");
        let written = gable_runtime::file::keep(file, text.as_bytes());
        written.map_err(|error| format!("{} cannot be written: {error}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookmarks_are_kept_by_world() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/bookmarks.json");
        let file = Some(path.clone());
        let camera: Camera = "1,2,3,90,-10".parse().expect("a camera");
        for world in ["a", "b"] {
            let mut bookmarks = Bookmarks::read(file.clone(), world);
            assert!(bookmarks.all().is_empty());
            bookmarks.add(camera).expect("writable");
        }
        let mut again = Bookmarks::read(file.clone(), "a");
        assert_eq!(again.all().len(), 1);
        again.remove(0).expect("writable");
        assert!(Bookmarks::read(file.clone(), "a").all().is_empty());
        assert_eq!(
            Bookmarks::read(file.clone(), "b").all()[0].to_string(),
            camera.to_string()
        );
        std::fs::write(&path, "{").expect("writable");
        let mut damaged = Bookmarks::read(file, "b");
        assert!(damaged.all().is_empty());
        let why = damaged.add(camera).unwrap_err();
        assert!(
            why.contains("bookmarks.json") && damaged.all().len() == 1,
            "{why}"
        );
        let left = std::fs::read_to_string(path).expect("it is there");
        assert_eq!(left, "{", "it can still be mended");
    }
}
