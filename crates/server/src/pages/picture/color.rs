//! Colours of a picture: reading, shading, averaging. Must not know what is painted with them.

use std::fmt;

/// An opaque sRGB colour; prints as `#rrggbb`, so nothing but six hex digits ever reaches the markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

/// What falls on faces turned to the light: a warm white.
const LIGHT: Rgb = Rgb::new(0xff, 0xf3, 0xd6);
/// What fills faces turned away: the blue of the sky, as in any daylit room.
const SHADE: Rgb = Rgb::new(0x1b, 0x2c, 0x4d);

impl Rgb {
    /// What a thing without a colour of its own is drawn in.
    pub const NEUTRAL: Self = Self::new(0xc9, 0xd1, 0xd9);

    /// From red, green and blue, 0-255 each.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#RRGGBB` or `#RGB`; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(digits, 16).ok()?;
        let byte = |shift: u32| (value >> shift & 0xff) as u8;
        let nibble = |shift: u32| (value >> shift & 0xf) as u8 * 17;
        match digits.len() {
            6 => Some(Self::new(byte(16), byte(8), byte(0))),
            3 => Some(Self::new(nibble(8), nibble(4), nibble(0))),
            _ => None,
        }
    }

    /// From red, green and blue as fractions 0-1; what lies outside is clamped, a NaN is 0.
    pub fn from_unit([red, green, blue]: [f64; 3]) -> Self {
        let byte = |part: f64| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
        Self::new(byte(red), byte(green), byte(blue))
    }

    /// The colour of a face: `light` 1 is full light, 0 is full shade.
    pub(super) fn lit(self, light: f64) -> Self {
        let light = light.clamp(0.0, 1.0);
        if light >= 0.5 {
            self.mix(LIGHT, (light - 0.5) * 0.44)
        } else {
            self.mix(SHADE, (0.5 - light) * 0.84)
        }
    }

    fn mix(self, other: Self, share: f64) -> Self {
        let part = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Self::new(part(self.red, other.red), part(self.green, other.green), part(self.blue, other.blue))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}
