//! A sheet that is SVG markup. Owns numbers' and colours' spelling; must not know what it shows.

use super::Rgb;
use super::geometry::Point;
use super::paint::Sheet;
use super::put;
use std::fmt;

/// Markup that grows.
pub(super) struct Markup<'a>(pub &'a mut String);

/// A coordinate with one decimal, without a needless `.0`.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        match tenths.unsigned_abs() {
            whole if whole % 10 == 0 => write!(f, "{sign}{}", whole / 10),
            other => write!(f, "{sign}{}.{}", other / 10, other % 10),
        }
    }
}

struct Path<'a>(&'a [Point]);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, [x, y]) in self.0.iter().enumerate() {
            write!(f, "{}{} {}", if index == 0 { "M" } else { "L" }, Short(*x), Short(*y))?;
        }
        f.write_str("Z")
    }
}

impl Sheet for Markup<'_> {
    fn begin_block(&mut self) {
        self.0.push_str(r#"<g class="block">"#);
    }

    fn end_block(&mut self) {
        self.0.push_str("</g>");
    }

    /// With an outline of its own colour: no hairline of the background shows between two faces.
    fn face(&mut self, color: Rgb, outline: &[Point]) {
        put(self.0, format_args!(r#"<path fill="{color}" stroke="{color}" d="{}"/>"#, Path(outline)));
    }

    fn ellipse(&mut self, color: Rgb, [x, y]: Point, across: f64, down: f64) {
        let [x, y, across, down] = [x, y, across, down].map(Short);
        put(self.0, format_args!(r#"<ellipse fill="{color}" cx="{x}" cy="{y}" rx="{across}" ry="{down}"/>"#));
    }

    fn shade(&mut self, outlines: &[Vec<Point>]) {
        self.0.push_str(r##"<g class="floor-shadow" fill="#1d2f49" opacity="0.42">"##);
        for outline in outlines {
            put(self.0, format_args!(r#"<path d="{}"/>"#, Path(outline)));
        }
        self.0.push_str("</g>");
    }

    fn lines(&mut self, color: Rgb, lines: &[[Point; 2]]) {
        put(self.0, format_args!(r#"<path class="floor-grid" fill="none" stroke="{color}" d=""#));
        for [from, to] in lines {
            put(
                self.0,
                format_args!("M{} {}L{} {}", Short(from[0]), Short(from[1]), Short(to[0]), Short(to[1])),
            );
        }
        self.0.push_str(r#""/>"#);
    }
}
