//! Pictures as the command writes them.

use std::path::{Path, PathBuf};

/// A picture, without its opacity.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgb: Vec<u8>,
}

impl Picture {
    pub(crate) fn read(path: &Path) -> Self {
        let file =
            std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader = png::Decoder::new(std::io::BufReader::new(file))
            .read_info()
            .expect("PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("it fits")];
        let info = reader.next_frame(&mut bytes).expect("a picture");
        let channels = info.color_type.samples();
        Self {
            width: info.width,
            height: info.height,
            rgb: bytes
                .chunks_exact(channels)
                .flat_map(|pixel| pixel[..3].to_vec())
                .collect(),
        }
    }
}

/// A picture is the one that it was when somebody looked at it and found it right.
pub(crate) fn compare(made: &Path, name: &str) {
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pictures")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::copy(made, &kept).expect("writable");
    }
    let (made, kept) = (Picture::read(made), Picture::read(&kept));
    assert_eq!(
        (made.width, made.height),
        (kept.width, kept.height),
        "{name}"
    );
    let pairs = || {
        made.rgb
            .iter()
            .zip(&kept.rgb)
            .map(|(&a, &b)| u64::from(a.abs_diff(b)))
    };
    let mean = pairs().sum::<u64>() as f64 / made.rgb.len() as f64;
    let far = pairs().filter(|&difference| difference > 24).count();
    let share = far as f64 / made.rgb.len() as f64;
    assert!(
        mean <= 1.5 && share <= 0.01,
        "{name}: {mean} on average, {share} far off"
    );
}
