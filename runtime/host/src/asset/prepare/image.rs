//! PNG and JPEG images: their size, and whether any pixel is transparent.

use std::io::Cursor;

use gable_kernel::asset::Image;
use imagesize::ImageType;

use super::Defect;

/// Pixels along an edge that graphics cards can be expected to take.
const LARGEST_EDGE: usize = 16384;

const CURE: &str = "save the image again as PNG or JPEG";

/// Prepares an image by its content, whatever its name says.
pub(super) fn prepare(bytes: &[u8]) -> Result<Image, Defect> {
    let damaged =
        |error: imagesize::ImageError| Defect::new(format!("the image is damaged: {error}"), CURE);
    let kind = imagesize::image_type(bytes).map_err(damaged)?;
    let (media_type, alpha) = match kind {
        ImageType::Png => ("image/png", true),
        ImageType::Jpeg => ("image/jpeg", false),
        _ => {
            return Err(Defect::new(
                format!("the image is {kind:?}, not PNG or JPEG"),
                CURE,
            ));
        }
    };
    let size = imagesize::blob_size(bytes).map_err(damaged)?;
    if size.width == 0 || size.height == 0 || size.width.max(size.height) > LARGEST_EDGE {
        let cause = format!("the image has {} x {} pixels", size.width, size.height);
        return Err(Defect::new(
            cause,
            "scale the image to at most 16384 pixels along an edge",
        ));
    }
    let edge = |pixels: usize| u32::try_from(pixels).expect("edges were checked");
    Ok(Image {
        width: edge(size.width),
        height: edge(size.height),
        alpha: alpha && is_transparent(bytes)?,
        media_type: media_type.to_owned(),
        bytes: bytes.to_vec(),
    })
}

/// Whether any pixel of a PNG is less than opaque; row by row, so that a small file cannot fill the memory.
fn is_transparent(bytes: &[u8]) -> Result<bool, Defect> {
    let damaged =
        |error: png::DecodingError| Defect::new(format!("the PNG is damaged: {error}"), CURE);
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let samples = match reader.output_color_type().0 {
        png::ColorType::Rgba => 4,
        png::ColorType::GrayscaleAlpha => 2,
        png::ColorType::Grayscale | png::ColorType::Rgb | png::ColorType::Indexed => 1,
    };
    while let Some(row) = reader.next_row().map_err(damaged)? {
        if samples > 1
            && row
                .data()
                .chunks_exact(samples)
                .any(|pixel| pixel[samples - 1] < u8::MAX)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
