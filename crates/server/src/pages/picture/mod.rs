//! A room's picture: a deterministic isometric SVG of its largest things, standing on a floor in the light.
//!
//! Owns what is drawn and in which order. Must not know entities, components, HTTP or files: the server hands in
//! plain blocks, and the same blocks give the same bytes on every machine. Coordinates are the room's (left-handed,
//! Y up, metres); the eye stands at +X, +Y, -Z, so +X runs to the lower right and +Z to the upper right: fronts (-Z) are in the
//! sun, right sides in shade, as for who arrives in a room.

mod color;
mod geometry;
mod markup;
mod paint;
mod pixels;
mod png;

pub use color::Rgb;
pub use geometry::{Block, Form};
pub use pixels::{icon_png, share_png};

use markup::Markup;
use paint::Sheet;

use askama::filters::{Html, HtmlSafe, escape};
use std::fmt::{self, Write};

/// Blocks drawn in one picture; of more, the largest by volume are drawn (a card's markup stays under 32 KiB, a quarter of that on its way).
pub const PICTURE_BLOCKS_MAX: usize = 56;

/// The frame of a picture, in SVG user units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// 320 x 200: a room's card, a template's choice.
    Card,
    /// 640 x 420: the landing page, the loading room.
    Hero,
}

impl Framing {
    /// Width and height.
    fn size(self) -> (f64, f64) {
        match self {
            Self::Card => (320.0, 200.0),
            Self::Hero => (640.0, 420.0),
        }
    }
}

/// Finished SVG markup that needs no escaping; only [`thumbnail_svg`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg(String);

impl Svg {
    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Svg {}

/// Draws the blocks; `label` names the picture for screen readers, without one it is decoration.
///
/// Blocks that have no extent or lie beyond the world's coordinate limit are left out, and those far from where most are; without
/// blocks an empty floor is drawn.
pub fn thumbnail_svg(blocks: &[Block], frame: Framing, label: Option<&str>) -> Svg {
    let mut out = String::with_capacity(512 + blocks.len() * 320);
    open(&mut out, frame, label);
    draw(&mut Markup(&mut out), blocks, frame.size());
    out.push_str("</svg>");
    Svg(out)
}

/// Puts the room's heart onto a sheet of this size.
fn draw(sheet: &mut impl Sheet, blocks: &[Block], size: (f64, f64)) {
    let blocks = geometry::drawable(blocks, PICTURE_BLOCKS_MAX);
    let scene = geometry::Scene::around(&blocks, size);
    let (mut paving, standing): (Vec<Block>, Vec<Block>) =
        blocks.into_iter().partition(|block| block.is_paving(scene.floor_y));
    paving.sort_by(|a, b| a.vertical().1.total_cmp(&b.vertical().1));
    paint::floor(sheet, &scene);
    for slab in &paving {
        paint::block(sheet, &scene, slab);
    }
    paint::shadows(sheet, &scene, &paving, &standing);
    for index in geometry::back_to_front(&standing) {
        paint::block(sheet, &scene, &standing[index]);
    }
}

fn open(out: &mut String, frame: Framing, label: Option<&str>) {
    let (width, height) = frame.size();
    let class = if frame == Framing::Hero { "picture picture-hero" } else { "picture" };
    put(
        out,
        format_args!(
            r#"<svg class="{class}" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" stroke-width="0.6" stroke-linejoin="round""#
        ),
    );
    match label.map(|text| escape(text, Html)) {
        Some(Ok(text)) => put(out, format_args!(r#" role="img" aria-label="{text}">"#)),
        Some(Err(never)) => match never {},
        None => out.push_str(r#" aria-hidden="true" focusable="false">"#),
    }
}

/// Appends to the markup; writing to a `String` cannot fail.
fn put(out: &mut String, arguments: fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("a String takes any text");
}

#[cfg(test)]
mod tests;
