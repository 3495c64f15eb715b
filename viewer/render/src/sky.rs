//! The map of the sky on the device, made anew when the sun moves.

use glam::Vec3;

use crate::atmosphere::{Atmosphere, Daylight, SKY_SIZE};
use crate::gpu::Gpu;

/// The sky of one height of the sun.
#[derive(Debug)]
pub(crate) struct Sky {
    atmosphere: Atmosphere,
    texture: wgpu::Texture,
    pub(crate) view: wgpu::TextureView,
    sun: Vec3,
    pub(crate) daylight: Daylight,
}

impl Sky {
    pub(crate) fn new(gpu: &Gpu) -> Self {
        let [width, height] = SKY_SIZE.map(|side| side as u32);
        let texture = gpu.texture(
            "sky",
            (width, height),
            wgpu::TextureFormat::Rgba16Float,
            wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        );
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let atmosphere = Atmosphere::new();
        let sun = Vec3::Z;
        let daylight = atmosphere.daylight(sun);
        let sky = Self {
            atmosphere,
            texture,
            view,
            sun,
            daylight,
        };
        sky.write(gpu);
        sky
    }

    /// Follows the sun.
    pub(crate) fn follow(&mut self, gpu: &Gpu, sun: Vec3) {
        if self.sun != sun {
            self.sun = sun;
            self.daylight = self.atmosphere.daylight(sun);
            self.write(gpu);
        }
    }

    fn write(&self, gpu: &Gpu) {
        let halves = |color: &Vec3| color.extend(1.0).to_array().map(half);
        let texels: Vec<[u16; 4]> = self.daylight.sky.iter().map(halves).collect();
        gpu.queue().write_texture(
            self.texture.as_image_copy(),
            bytemuck::cast_slice(&texels),
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(self.texture.width() * 8),
                rows_per_image: None,
            },
            self.texture.size(),
        );
    }
}

/// The nearest half float to a number that is not negative.
fn half(value: f32) -> u16 {
    const LEAST_NORMAL: f32 = 6.103_515_6e-5;
    const MOST: f32 = 65504.0;
    if value < LEAST_NORMAL {
        return (value.max(0.0) * 16_777_216.0).round() as u16;
    }
    // The exponents begin 112 apart; ten bits of the mantissa stay.
    let bits = value.min(MOST).to_bits() - (112 << 23);
    ((bits + 0x1000) >> 13) as u16
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves_are_the_nearest() {
        let cases = [
            (0.0, 0x0000),
            (5.960_464_5e-8, 0x0001),
            (6.103_515_6e-5, 0x0400),
            (0.333_251_95, 0x3555),
            (1.0, 0x3c00),
            (1.000_6, 0x3c01),
            (65504.0, 0x7bff),
            (1e9, 0x7bff),
        ];
        for (value, bits) in cases {
            assert_eq!(half(value), bits, "{value}");
        }
    }
}
