//! Colours: `#rrggbb[oo]`, red, green, blue, opacity and hue, saturation, value; all 0 to 1, hue in degrees.

use crate::Kernel;
use crate::builtin;
use crate::limits::Stop;

/// Places of a material's colour.
const RED: usize = builtin::number("color.r");
const OPACITY: usize = builtin::number("opacity");

/// Red, green, blue and, when the text has it, opacity of `#rrggbb[oo]`; three digits are doubled.
pub(crate) fn parse(hex: &str) -> Option<Vec<f64>> {
    let digits = hex.strip_prefix('#').unwrap_or(hex);
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let (width, scale) = match digits.len() {
        3 => (1, 15.0),
        6 | 8 => (2, 255.0),
        _ => return None,
    };
    let part = |k: usize| {
        u8::from_str_radix(&digits[k * width..(k + 1) * width], 16)
            .ok()
            .map(f64::from)
    };
    (0..digits.len() / width)
        .map(|k| part(k).map(|x| x / scale))
        .collect()
}

/// `#RRGGBB` or, with four parts, `#RRGGBBOO`; clamped to 0..1.
pub(crate) fn hex(parts: &[f64]) -> String {
    let mut text = String::from("#");
    for part in parts {
        text.push_str(&format!(
            "{:02X}",
            (part.clamp(0.0, 1.0) * 255.0).round() as u8
        ));
    }
    text
}

/// Hue in degrees, saturation and value of a colour.
fn hsv_from_rgb([r, g, b]: [f64; 3]) -> [f64; 3] {
    let value = r.max(g).max(b);
    let chroma = value - r.min(g).min(b);
    if chroma <= 0.0 {
        return [0.0, 0.0, value];
    }
    let sector = if value == r {
        (g - b) / chroma
    } else if value == g {
        (b - r) / chroma + 2.0
    } else {
        (r - g) / chroma + 4.0
    };
    [(sector * 60.0).rem_euclid(360.0), chroma / value, value]
}

/// The colour of a hue in degrees (wrapped), saturation and value (clamped).
fn rgb_from_hsv([hue, saturation, value]: [f64; 3]) -> [f64; 3] {
    let (saturation, value) = (saturation.clamp(0.0, 1.0), value.clamp(0.0, 1.0));
    [5.0, 3.0, 1.0].map(|offset| {
        let k = (offset + hue.rem_euclid(360.0) / 60.0) % 6.0;
        value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0)
    })
}

/// The stops of a named ramp, evenly spaced from 0 to 1.
fn ramp(name: &str) -> Option<&'static [[f64; 3]]> {
    const WHITE: [f64; 3] = [1.0, 1.0, 1.0];
    const BLACK: [f64; 3] = [0.0, 0.0, 0.0];
    const RED: [f64; 3] = [1.0, 0.0, 0.0];
    const YELLOW: [f64; 3] = [1.0, 1.0, 0.0];
    const GREEN: [f64; 3] = [0.0, 1.0, 0.0];
    const CYAN: [f64; 3] = [0.0, 1.0, 1.0];
    const BLUE: [f64; 3] = [0.0, 0.0, 1.0];
    const MAGENTA: [f64; 3] = [1.0, 0.0, 1.0];
    const ORANGE: [f64; 3] = [1.0, 0.5, 0.0];
    const BROWN: [f64; 3] = [0.5, 0.25, 0.0];
    Some(match name {
        "whiteToBlack" => &[WHITE, BLACK],
        "greenToRed" => &[GREEN, YELLOW, RED],
        "yellowToRed" => &[YELLOW, RED],
        "redToBlue" => &[RED, WHITE, BLUE],
        "orangeToBlue" => &[ORANGE, WHITE, BLUE],
        "brownToBlue" => &[BROWN, WHITE, BLUE],
        "spectrum" => &[RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA],
        _ => return None,
    })
}

impl Kernel {
    /// `color` of the table.
    pub(crate) fn color(&mut self, text: i32) -> Result<(), Stop> {
        let text = self.text(text)?;
        match parse(&text) {
            Some(parts) => {
                for (k, part) in parts.into_iter().enumerate() {
                    self.set_material_number(if k == 3 { OPACITY } else { RED + k }, part);
                }
            }
            None => self.warn(format!("color: `{text}` is no colour")),
        }
        Ok(())
    }

    /// `color_rgb` of the table.
    pub(crate) fn color_rgb(&mut self, r: f64, g: f64, b: f64) -> Result<(), Stop> {
        for (k, part) in [r, g, b].into_iter().enumerate() {
            let part = self.finite(part, "color").clamp(0.0, 1.0);
            self.set_material_number(RED + k, part);
        }
        Ok(())
    }

    /// `color_rgbo` of the table.
    pub(crate) fn color_rgbo(&mut self, r: f64, g: f64, b: f64, opacity: f64) -> Result<(), Stop> {
        self.color_rgb(r, g, b)?;
        let opacity = self.finite(opacity, "color").clamp(0.0, 1.0);
        self.set_material_number(OPACITY, opacity);
        Ok(())
    }

    /// `color_part` of the table.
    pub(crate) fn color_part(&mut self, text: i32, channel: i32) -> Result<f64, Stop> {
        let text = self.text(text)?;
        let Some(parts) = parse(&text) else {
            self.warn(format!("`{text}` is no colour"));
            return Ok(0.0);
        };
        Ok(match channel {
            0..=2 => parts[channel as usize],
            3 => parts.get(3).copied().unwrap_or(0.0),
            4..=6 => hsv_from_rgb([parts[0], parts[1], parts[2]])[channel as usize - 4],
            _ => return Err(Stop::Misuse("a colour has seven channels")),
        })
    }

    /// `color_hex_rgb` of the table.
    pub(crate) fn color_hex_rgb(
        &mut self,
        parts: i32,
        r: f64,
        g: f64,
        b: f64,
        o: f64,
    ) -> Result<i32, Stop> {
        let color = [r, g, b, o].map(|part| self.finite(part, "colorRGBToHex"));
        self.give_text(&hex(&color[..if parts == 4 { 4 } else { 3 }]))
    }

    /// `color_hex_hsv` of the table.
    pub(crate) fn color_hex_hsv(
        &mut self,
        parts: i32,
        h: f64,
        s: f64,
        v: f64,
        o: f64,
    ) -> Result<i32, Stop> {
        let [h, s, v, o] = [h, s, v, o].map(|part| self.finite(part, "colorHSVToHex"));
        let [r, g, b] = rgb_from_hsv([h, s, v]);
        self.give_text(&hex(&[r, g, b, o][..if parts == 4 { 4 } else { 3 }]))
    }

    /// `color_ramp` of the table.
    pub(crate) fn color_ramp(&mut self, name: i32, value: f64) -> Result<i32, Stop> {
        let name = self.text(name)?;
        let Some(stops) = ramp(&name) else {
            self.warn(format!("colorRamp: there is no ramp `{name}`"));
            return self.give_text("#FFFFFF");
        };
        let place = self.finite(value, "colorRamp").clamp(0.0, 1.0) * (stops.len() - 1) as f64;
        let k = (place as usize).min(stops.len() - 2);
        let share = place - k as f64;
        let color = [0, 1, 2].map(|c| stops[k][c] + (stops[k + 1][c] - stops[k][c]) * share);
        self.give_text(&hex(&color))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_texts_survive_the_round_trip() {
        for text in ["#000000", "#FFFFFF", "#12AB9F", "#80402010"] {
            assert_eq!(hex(&parse(text).unwrap()), text);
        }
        assert_eq!(parse("#f00"), Some(vec![1.0, 0.0, 0.0]));
        assert_eq!(parse("red"), None);
        assert_eq!(parse("#12345é"), None);
    }

    #[test]
    fn hue_saturation_value_survive_the_round_trip() {
        for hsv in [
            [0.0, 1.0, 1.0],
            [120.0, 0.5, 0.25],
            [300.0, 0.75, 0.5],
            [210.0, 0.1, 0.9],
        ] {
            let back = hsv_from_rgb(rgb_from_hsv(hsv));
            assert!(
                hsv.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-9),
                "{hsv:?} became {back:?}"
            );
        }
        assert_eq!(
            rgb_from_hsv([480.0, 2.0, 1.0]),
            rgb_from_hsv([120.0, 1.0, 1.0])
        );
    }
}
