//! A sheet of pixels, for those who show no SVG: previews of links, icons on a home screen. Owns filling and smoothing.

use super::geometry::{Block, Point};
use super::paint::Sheet;
use super::{Rgb, draw, png};

/// Pixels a link's preview has: what chats and social networks show without cutting.
const SHARE_PX: (usize, usize) = (1200, 630);
/// Each pixel is the mean of so many in both directions.
const FINE: usize = 2;
/// The day's sky: up and at the horizon.
const SKY: [Rgb; 2] = [Rgb::new(0x7c, 0xbd, 0xee), Rgb::new(0xee, 0xf3, 0xee)];
const SHADE: Rgb = Rgb::new(0x1d, 0x2f, 0x49);
const SHADE_SHARE: f64 = 0.42;
const ELLIPSE_CORNERS: usize = 64;
/// Half the width of a line of the floor, pixels.
const LINE_HALF_PX: f64 = 1.0;
/// The mark of the site: its wall, side and floor on a light ground, in a square of 32.
const MARK_EDGE: f64 = 32.0;
const MARK: [(Rgb, [Point; 4]); 3] = [
    (Rgb::new(0x40, 0x52, 0x64), [[4.7, 9.5], [16.0, 3.0], [16.0, 16.0], [4.7, 22.5]]),
    (Rgb::new(0x6b, 0x7f, 0x93), [[16.0, 3.0], [27.3, 9.5], [27.3, 22.5], [16.0, 16.0]]),
    (Rgb::new(0xff, 0xb2, 0x24), [[16.0, 16.0], [27.3, 22.5], [16.0, 29.0], [4.7, 22.5]]),
];
const MARK_GROUND: Rgb = Rgb::new(0xf2, 0xf5, 0xf8);
/// Free space around the mark, as a share of an icon's edge: what systems cut off when they round it.
const MARK_MARGIN: f64 = 0.14;

/// The picture of a room for previews of links, a PNG file.
pub fn share_png(blocks: &[Block]) -> Vec<u8> {
    let (width, height) = SHARE_PX;
    let mut pixels = Pixels::new(width, height, |down| SKY[0].mix(SKY[1], down));
    draw(&mut pixels, blocks, ((width * FINE) as f64, (height * FINE) as f64));
    pixels.encoded()
}

/// The mark of the site as an icon with an edge of so many pixels, a PNG file.
pub fn icon_png(edge_px: usize) -> Vec<u8> {
    let mut pixels = Pixels::new(edge_px, edge_px, |_| MARK_GROUND);
    let edge = (edge_px * FINE) as f64;
    let scale = edge * (1.0 - 2.0 * MARK_MARGIN) / MARK_EDGE;
    for (color, outline) in MARK {
        pixels.face(color, &outline.map(|point| point.map(|part| part * scale + edge * MARK_MARGIN)));
    }
    pixels.encoded()
}

/// Red, green and blue in rows, finer than what comes out.
struct Pixels {
    width: usize,
    rows: Vec<Vec<[u8; 3]>>,
}

impl Pixels {
    /// Of this size when encoded; `ground` is the colour from the top (0) to the bottom (1).
    fn new(width: usize, height: usize, ground: impl Fn(f64) -> Rgb) -> Self {
        let (width, height) = (width * FINE, height * FINE);
        let row = |y: usize| vec![ground(y as f64 / height as f64).bytes(); width];
        Self { width, rows: (0..height).map(row).collect() }
    }

    /// Calls with each row that a convex outline covers and the part of it that is inside.
    fn covered(&mut self, outline: &[Point], mut with: impl FnMut(usize, usize, &mut [[u8; 3]])) {
        let low = outline.iter().map(|[_, y]| *y).fold(f64::INFINITY, f64::min).max(0.0);
        let high = outline.iter().map(|[_, y]| *y).fold(f64::NEG_INFINITY, f64::max);
        let width = self.width;
        for (y, row) in self.rows.iter_mut().enumerate().skip(low as usize) {
            let middle = y as f64 + 0.5;
            if middle > high {
                return;
            }
            let Some([from, to]) = inside(outline, middle) else { continue };
            let [from, to] = [from, to].map(|x| (x + 0.5).clamp(0.0, width as f64) as usize);
            with(y, from, &mut row[from..to]);
        }
    }

    fn encoded(&self) -> Vec<u8> {
        let rows: Vec<Vec<u8>> = self.rows.chunks(FINE).map(mean_row).collect();
        png::encoded((self.width / FINE) as u32, &rows)
    }
}

/// From where to where a convex outline covers a row.
fn inside(outline: &[Point], y: f64) -> Option<[f64; 2]> {
    let mut span: Option<[f64; 2]> = None;
    for (index, &[ax, ay]) in outline.iter().enumerate() {
        let [bx, by] = outline[(index + 1) % outline.len()];
        if (ay <= y) != (by <= y) {
            let x = ax + (bx - ax) * (y - ay) / (by - ay);
            span = Some(span.map_or([x, x], |[from, to]| [from.min(x), to.max(x)]));
        }
    }
    span
}

/// One row of what comes out.
fn mean_row(rows: &[Vec<[u8; 3]>]) -> Vec<u8> {
    let width = rows.first().map_or(0, Vec::len);
    let mean = |x: usize, part: usize| {
        let sum: usize =
            rows.iter().flat_map(|row| &row[x..x + FINE]).map(|pixel| usize::from(pixel[part])).sum();
        (sum / (FINE * FINE)) as u8
    };
    (0..width).step_by(FINE).flat_map(|x| [mean(x, 0), mean(x, 1), mean(x, 2)]).collect()
}

impl Sheet for Pixels {
    fn begin_block(&mut self) {}

    fn end_block(&mut self) {}

    fn face(&mut self, color: Rgb, outline: &[Point]) {
        self.covered(outline, |_, _, pixels| pixels.fill(color.bytes()));
    }

    fn ellipse(&mut self, color: Rgb, [x, y]: Point, across: f64, down: f64) {
        let corner = |corner: usize| {
            let (sin, cos) = (corner as f64 / ELLIPSE_CORNERS as f64 * std::f64::consts::TAU).sin_cos();
            [x + cos * across, y + sin * down]
        };
        let outline: Vec<Point> = (0..ELLIPSE_CORNERS).map(corner).collect();
        self.face(color, &outline);
    }

    fn shade(&mut self, outlines: &[Vec<Point>]) {
        let mut done = vec![false; self.width * self.rows.len()];
        let width = self.width;
        for outline in outlines {
            self.covered(outline, |y, from, pixels| {
                let done = &mut done[y * width + from..][..pixels.len()];
                for (pixel, done) in pixels.iter_mut().zip(done).filter(|(_, done)| !**done) {
                    *done = true;
                    let [red, green, blue] = *pixel;
                    *pixel = Rgb::new(red, green, blue).mix(SHADE, SHADE_SHARE).bytes();
                }
            });
        }
    }

    fn lines(&mut self, color: Rgb, lines: &[[Point; 2]]) {
        for [[ax, ay], [bx, by]] in lines {
            let length = (bx - ax).hypot(by - ay).max(1e-9);
            let [x, y] = [(by - ay) / length * LINE_HALF_PX, (ax - bx) / length * LINE_HALF_PX];
            self.face(color, &[[ax + x, ay + y], [bx + x, by + y], [bx - x, by - y], [ax - x, ay - y]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_fills_its_inside_and_shade_is_laid_on_once() {
        let mut pixels = Pixels::new(8, 8, |_| Rgb::new(255, 255, 255));
        let square: Vec<Point> = vec![[2.0, 2.0], [6.0, 2.0], [6.0, 6.0], [2.0, 6.0]];
        pixels.face(Rgb::new(9, 9, 9), &square);
        assert_eq!((pixels.rows[3][3], pixels.rows[3][6], pixels.rows[6][3]), ([9; 3], [255; 3], [255; 3]));
        let far: Vec<Point> = square.iter().map(|[x, y]| [x + 6.0, y + 6.0]).collect();
        pixels.shade(&[far.clone(), far]);
        assert_eq!(pixels.rows[9][9], Rgb::new(255, 255, 255).mix(SHADE, SHADE_SHARE).bytes());
    }

    #[test]
    fn what_reaches_beyond_the_sheet_is_cut() {
        let mut pixels = Pixels::new(4, 4, |_| Rgb::new(0, 0, 0));
        pixels.face(Rgb::new(1, 1, 1), &[[-50.0, -50.0], [50.0, -50.0], [50.0, 50.0], [-50.0, 50.0]]);
        assert!(pixels.rows.iter().flatten().all(|pixel| *pixel == [1; 3]));
    }

    #[test]
    fn an_icon_and_a_links_picture_are_files_of_their_size() {
        let size = |file: &[u8]| {
            [&file[16..20], &file[20..24]].map(|part| u32::from_be_bytes(part.try_into().unwrap()))
        };
        assert_eq!(size(&icon_png(180)), [180, 180]);
        let file = share_png(&[]);
        assert_eq!(size(&file), [1200, 630]);
        assert!(file.len() < 200 * 1024, "{}", file.len());
    }
}
