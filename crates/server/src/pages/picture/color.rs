//! Colours of a picture: reading, and what the day's light makes of them. Must not know what is painted with them.

use std::fmt;

/// An opaque sRGB colour; prints as `#rrggbb`, so nothing but six hex digits ever reaches the markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

/// Towards the sun, a unit: behind the left shoulder of who looks along +Z. Direction, light and sky are those of the scene's day
/// (`web/src/scene/environment.ts`), so that a room's picture looks as the room does.
pub(super) const TO_SUN: [f64; 3] = [-0.556_2, 0.699_7, -0.448_5];
/// Light of the sun, linear.
const SUN: [f64; 3] = [1.5, 1.35, 1.11];
/// Light of the sky, and of what the ground throws back, on surfaces that look sideways, up and down.
const SIDEWAYS: [f64; 3] = [0.31, 0.34, 0.38];
const UP: [f64; 3] = [0.19, 0.28, 0.43];
const DOWN: [f64; 3] = [0.28, 0.26, 0.21];
const EXPOSURE: f64 = 0.98;
/// Linear light up to here is shown as it is; above it is pressed together (Khronos PBR neutral tone mapping).
const AS_IT_IS: f64 = 0.76;
const GAMMA: f64 = 2.2;

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

    /// Red, green and blue, 0-255 each.
    pub(super) const fn bytes(self) -> [u8; 3] {
        [self.red, self.green, self.blue]
    }

    /// As a surface of this colour that looks along `normal`, a unit, is seen by day.
    pub(super) fn lit(self, normal: [f64; 3]) -> Self {
        let facing: f64 = (0..3).map(|axis| normal[axis] * TO_SUN[axis]).sum();
        self.under(normal[1], facing)
    }

    /// The same by how much it looks up (-1 to 1) and towards the sun.
    pub(super) fn under(self, up: f64, facing: f64) -> Self {
        let albedo = self.bytes().map(|byte| (f64::from(byte) / 255.0).powf(GAMMA));
        let share = up * up;
        let light: [f64; 3] = std::array::from_fn(|part| {
            let above = if up > 0.0 { UP } else { DOWN };
            let sky = SIDEWAYS[part] * (1.0 - share) + above[part] * share;
            albedo[part] * (SUN[part] * facing.max(0.0) + sky) * EXPOSURE
        });
        Self::from_unit(pressed(light).map(|part| part.powf(1.0 / GAMMA)))
    }

    /// `share` of the other, the rest of this one.
    pub(super) fn mix(self, other: Self, share: f64) -> Self {
        let part = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Self::new(part(self.red, other.red), part(self.green, other.green), part(self.blue, other.blue))
    }
}

/// Brings light that is too bright for a screen into its range and keeps its hue.
fn pressed(light: [f64; 3]) -> [f64; 3] {
    let peak = light.into_iter().fold(0.0, f64::max);
    if peak <= AS_IT_IS {
        return light;
    }
    let room = 1.0 - AS_IT_IS;
    let shown = 1.0 - room * room / (peak + room - AS_IT_IS);
    light.map(|part| part * shown / peak)
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}
