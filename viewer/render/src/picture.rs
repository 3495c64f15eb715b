//! Images on the processor: brought to a square of a given side, and halved until one pixel is left.

/// Whether numbers in an image are colours, whose steps are even to the eye, or data, whose steps are even.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Encoding {
    Srgb,
    Linear,
}

/// Steps of the table from linear to sRGB; enough that every byte is hit.
const STEPS: usize = 1 << 14;

/// Between bytes and light.
#[derive(Debug)]
pub(crate) struct Codec {
    linear: [f32; 256],
    encoded: Vec<u8>,
}

impl Codec {
    pub(crate) fn new(encoding: Encoding) -> Self {
        let decode = |value: f32| match encoding {
            Encoding::Srgb if value <= 0.040_45 => value / 12.92,
            Encoding::Srgb => ((value + 0.055) / 1.055).powf(2.4),
            Encoding::Linear => value,
        };
        let encode = |value: f32| match encoding {
            Encoding::Srgb if value <= 0.003_130_8 => value * 12.92,
            Encoding::Srgb => 1.055 * value.powf(1.0 / 2.4) - 0.055,
            Encoding::Linear => value,
        };
        Self {
            linear: std::array::from_fn(|byte| decode(byte as f32 / 255.0)),
            encoded: (0..=STEPS)
                .map(|step| (encode(step as f32 / STEPS as f32) * 255.0).round() as u8)
                .collect(),
        }
    }

    fn decode(&self, pixel: &[u8]) -> [f32; 4] {
        let linear = |channel: usize| self.linear[usize::from(pixel[channel])];
        [linear(0), linear(1), linear(2), f32::from(pixel[3]) / 255.0]
    }

    fn encode(&self, pixel: [f32; 4]) -> [u8; 4] {
        let step = |value: f32| (value.clamp(0.0, 1.0) * STEPS as f32).round() as usize;
        let encoded = |channel: usize| self.encoded[step(pixel[channel])];
        [
            encoded(0),
            encoded(1),
            encoded(2),
            (pixel[3] * 255.0).round() as u8,
        ]
    }
}

/// All levels of detail of an image, the largest `side` pixels wide and high.
pub(crate) fn levels(
    codec: &Codec,
    width: u32,
    height: u32,
    rgba: &[u8],
    side: u32,
) -> Vec<Vec<u8>> {
    let mut size = [width as usize, height as usize];
    let mut pixels: Vec<[f32; 4]> = rgba
        .chunks_exact(4)
        .map(|pixel| codec.decode(pixel))
        .collect();
    let mut side = side as usize;
    let mut levels = Vec::new();
    loop {
        pixels = resized(&pixels, size, side);
        size = [side; 2];
        levels.push(
            pixels
                .iter()
                .flat_map(|&pixel| codec.encode(pixel))
                .collect(),
        );
        if side == 1 {
            return levels;
        }
        side /= 2;
    }
}

/// Columns, then rows.
fn resized(pixels: &[[f32; 4]], [width, height]: [usize; 2], side: usize) -> Vec<[f32; 4]> {
    let mut wide = Vec::with_capacity(side * height);
    let columns: Vec<_> = (0..side)
        .map(|column| weights(column, side, width))
        .collect();
    for row in pixels.chunks_exact(width) {
        wide.extend(
            columns
                .iter()
                .map(|weights| mixed(weights, |column| row[column])),
        );
    }
    let mut square = Vec::with_capacity(side * side);
    for row in 0..side {
        let weights = weights(row, side, height);
        square.extend((0..side).map(|column| mixed(&weights, |row| wide[row * side + column])));
    }
    square
}

/// Which of `old` pixels make one of `new`, and how much of each: those it covers when there are fewer now, the two
/// nearest when there are more.
fn weights(index: usize, new: usize, old: usize) -> Vec<(usize, f32)> {
    let ratio = old as f32 / new as f32;
    if new >= old {
        let middle = ((index as f32 + 0.5) * ratio - 0.5).clamp(0.0, (old - 1) as f32);
        let first = middle as usize;
        let share = middle - first as f32;
        return vec![(first, 1.0 - share), ((first + 1).min(old - 1), share)];
    }
    let (low, high) = (index as f32 * ratio, (index + 1) as f32 * ratio);
    let last = (high.ceil() as usize).min(old);
    let covered = |pixel: usize| (high.min((pixel + 1) as f32) - low.max(pixel as f32)) / ratio;
    (low as usize..last)
        .map(|pixel| (pixel, covered(pixel)))
        .collect()
}

fn mixed(weights: &[(usize, f32)], pixel: impl Fn(usize) -> [f32; 4]) -> [f32; 4] {
    weights.iter().fold([0.0; 4], |sum, &(index, share)| {
        let pixel = pixel(index);
        std::array::from_fn(|channel| sum[channel] + share * pixel[channel])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives() {
        for encoding in [Encoding::Srgb, Encoding::Linear] {
            let codec = Codec::new(encoding);
            for byte in 0..=255 {
                let pixel = [byte, 255 - byte, byte, byte];
                assert_eq!(codec.encode(codec.decode(&pixel)), pixel);
            }
        }
    }

    #[test]
    fn a_chessboard_becomes_the_grey_that_looks_alike() {
        let board: Vec<u8> = (0..64)
            .flat_map(|index| {
                if (index + index / 8) % 2 == 0 {
                    [255; 4]
                } else {
                    [0, 0, 0, 255]
                }
            })
            .collect();
        let levels = levels(&Codec::new(Encoding::Srgb), 8, 8, &board, 4);
        assert_eq!(levels.iter().map(Vec::len).collect::<Vec<_>>(), [64, 16, 4]);
        // Half the light is 188 of 255 in sRGB.
        assert!(
            levels
                .iter()
                .flatten()
                .all(|&byte| byte == 188 || byte == 255)
        );
    }

    #[test]
    fn odd_sizes_keep_their_mean() {
        let ramp: Vec<u8> = (0..15).flat_map(|index| [index * 10, 0, 0, 255]).collect();
        for side in [1, 2, 4, 8, 16] {
            let first = &levels(&Codec::new(Encoding::Linear), 5, 3, &ramp, side)[0];
            let mean = first
                .chunks_exact(4)
                .map(|pixel| f32::from(pixel[0]))
                .sum::<f32>()
                / (side * side) as f32;
            assert!((mean - 70.0).abs() < 1.0, "{side}: {mean}");
        }
    }
}
