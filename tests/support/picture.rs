//! Pictures as the command writes them.

use std::path::Path;

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
