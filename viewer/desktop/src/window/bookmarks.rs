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
        let texts = bookmarks.kept().remove(world).unwrap_or_default();
        bookmarks.cameras = texts.iter().filter_map(|text| text.parse().ok()).collect();
        bookmarks
    }

    fn kept(&self) -> Kept {
        let text = self.file.as_ref().and_then(|file| std::fs::read(file).ok());
        let kept = text.and_then(|text| serde_json::from_slice(&text).ok());
        kept.unwrap_or_default()
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
        let mut kept = self.kept();
        let texts = self.cameras.iter().map(Camera::to_string).collect();
        kept.insert(self.world.clone(), texts);
        let text = serde_json::to_string_pretty(&kept).expect("plain data");
        let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.and_then(|()| std::fs::write(file, text));
        written.map_err(|error| format!("{} cannot be written: {error}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookmarks_are_kept_by_world() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = Some(folder.path().join("deep/bookmarks.json"));
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
        std::fs::write(file.as_ref().expect("a file"), "{").expect("writable");
        assert!(Bookmarks::read(file, "b").all().is_empty(), "damaged");
    }
}
