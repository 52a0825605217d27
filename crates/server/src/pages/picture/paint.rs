//! Puts floor, shadows and blocks into SVG markup. Owns shapes and shading; must not choose what is drawn.

use super::geometry::{Block, Form, Point, Scene};
use super::{Rgb, put};
use std::fmt;

/// Light on a face that looks up, as [`Rgb::lit`] takes it.
const LIGHT_TOP: f64 = 0.82;
/// Light on a face that looks straight to the left (-X), where the light comes from.
const LIGHT_LEFT: f64 = 0.47;
/// Light on a face that looks straight to the right (-Z).
const LIGHT_RIGHT: f64 = 0.17;
/// A sphere's outline and the axes of a lying circle in this projection, per metre of radius.
const BALL: f64 = 1.224_744_871_391_589;
/// Steps from shade to light on a sphere and on a cylinder's wall.
const BALL_DISCS: u32 = 7;
const WALL_BANDS: u32 = 5;
const ELLIPSE_DOWN: f64 = std::f64::consts::FRAC_1_SQRT_2;

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

/// The slab with its grid.
pub(super) fn floor(out: &mut String, scene: &Scene) {
    let ([left, right], [near, far]) = (scene.x, scene.z);
    let (top, low) = (scene.floor_y, scene.floor_y - scene.slab_m);
    let at = |x: f64, y: f64, z: f64| scene.project([x, y, z]);
    let faces = [
        (
            "floor-left",
            "#d3dbe3",
            [at(left, top, near), at(left, top, far), at(left, low, far), at(left, low, near)],
        ),
        (
            "floor-right",
            "#bac5d0",
            [at(left, top, near), at(right, top, near), at(right, low, near), at(left, low, near)],
        ),
        (
            "floor-top",
            "#fdfefe",
            [at(left, top, near), at(right, top, near), at(right, top, far), at(left, top, far)],
        ),
    ];
    for (class, fill, face) in faces {
        put(out, format_args!(r#"<path class="{class}" fill="{fill}" d="{}"/>"#, Path(&face)));
    }
    grid(out, scene);
}

fn grid(out: &mut String, scene: &Scene) {
    let ([left, right], [near, far]) = (scene.x, scene.z);
    let lines = ((right - left) / scene.grid_m).round() as usize;
    out.push_str(r##"<path class="floor-grid" fill="none" stroke="#dfe6ec" stroke-width="1" d=""##);
    for line in 1..lines {
        let step = line as f64 * scene.grid_m;
        for (from, to) in
            [([left + step, near], [left + step, far]), ([left, near + step], [right, near + step])]
        {
            let [from, to] = [from, to].map(|[x, z]| scene.project([x, scene.floor_y, z]));
            put(
                out,
                format_args!("M{} {}L{} {}", Short(from[0]), Short(from[1]), Short(to[0]), Short(to[1])),
            );
        }
    }
    out.push_str(r#""/>"#);
}

/// All shadows as one layer, so that where two overlap it gets no darker.
pub(super) fn shadows(out: &mut String, scene: &Scene, blocks: &[Block]) {
    out.push_str(r##"<g class="floor-shadow" fill="#1d2f49" opacity="0.16">"##);
    for block in blocks {
        let outline: Vec<Point> = scene
            .clip(block.shadow(scene.floor_y))
            .into_iter()
            .map(|[x, z]| scene.project([x, scene.floor_y, z]))
            .collect();
        if outline.len() > 2 {
            put(out, format_args!(r#"<path d="{}"/>"#, Path(&outline)));
        }
    }
    out.push_str("</g>");
}

/// One block as a group of its visible faces.
pub(super) fn block(out: &mut String, scene: &Scene, block: &Block) {
    out.push_str(r#"<g class="block">"#);
    match block.form {
        Form::Box => upright_box(out, scene, block),
        Form::Cylinder => cylinder(out, scene, block),
        Form::Ball => ball(out, scene, block),
    }
    out.push_str("</g>");
}

/// A face with an outline of its own colour: no hairline of the background shows between two faces.
fn face(out: &mut String, color: Rgb, outline: &[Point]) {
    put(out, format_args!(r#"<path fill="{color}" stroke="{color}" d="{}"/>"#, Path(outline)));
}

fn upright_box(out: &mut String, scene: &Scene, block: &Block) {
    let footprint = block.footprint();
    let (low, high) = block.vertical();
    let at = |[x, z]: Point, y: f64| scene.project([x, y, z]);
    for (index, &from) in footprint.iter().enumerate() {
        let to = footprint[(index + 1) % footprint.len()];
        let edge = [to[0] - from[0], to[1] - from[1]];
        let length = edge[0].hypot(edge[1]);
        let normal = [edge[1] / length, -edge[0] / length];
        // The eye is at -X and -Z: only sides that look there are seen.
        if normal[0] + normal[1] < -1e-6 {
            let color = block.color.lit(side_light(normal));
            face(out, color, &[at(from, low), at(to, low), at(to, high), at(from, high)]);
        }
    }
    let top: Vec<Point> = footprint.iter().map(|&corner| at(corner, high)).collect();
    face(out, block.color.lit(LIGHT_TOP), &top);
}

/// Light on an upright face by its outward normal (x, z), from fully left to fully right.
fn side_light([x, z]: Point) -> f64 {
    let leftness = ((z - x) + 1.0) / 2.0;
    LIGHT_RIGHT + (LIGHT_LEFT - LIGHT_RIGHT) * leftness.clamp(0.0, 1.0)
}

fn cylinder(out: &mut String, scene: &Scene, block: &Block) {
    let [x, _, z] = block.center;
    let (low, high) = block.vertical();
    let (top, bottom) = (scene.project([x, high, z]), scene.project([x, low, z]));
    let radius = (block.size[0] + block.size[2]) / 4.0 * scene.scale;
    let (across, down) = (radius * BALL, radius * ELLIPSE_DOWN);
    for band in 0..WALL_BANDS {
        let along = f64::from(band) / f64::from(WALL_BANDS - 1);
        let outline = strip(top, bottom, [across, down], 1.0 - along * 1.5);
        face(out, block.color.lit(LIGHT_RIGHT + (LIGHT_LEFT - LIGHT_RIGHT) * along), &outline);
    }
    put(
        out,
        format_args!(
            r#"<ellipse fill="{}" cx="{}" cy="{}" rx="{}" ry="{}"/>"#,
            block.color.lit(LIGHT_TOP),
            Short(top[0]),
            Short(top[1]),
            Short(across),
            Short(down)
        ),
    );
}

/// The part of a cylinder's wall left of `share` (-1 left edge, 1 right edge), along its front curve.
fn strip(top: Point, bottom: Point, [across, down]: Point, share: f64) -> Vec<Point> {
    const STEPS: usize = 8;
    let curve = |center: Point, step: usize| {
        let along = -1.0 + (share + 1.0) * step as f64 / STEPS as f64;
        [center[0] + along * across, center[1] + (1.0 - along * along).max(0.0).sqrt() * down]
    };
    let upper = (0..=STEPS).map(|step| curve(top, step));
    let lower = (0..=STEPS).rev().map(|step| curve(bottom, step));
    upper.chain(lower).collect()
}

fn ball(out: &mut String, scene: &Scene, block: &Block) {
    let center = scene.project(block.center);
    let radius = block.size.iter().sum::<f64>() / 6.0 * scene.scale * BALL;
    for disc in 0..BALL_DISCS {
        // Each disc is smaller, nearer to the light and brighter; none leaves the one below it.
        let along = f64::from(disc) / f64::from(BALL_DISCS - 1);
        let (offset, share, light) = (along * 0.36, 1.0 - along * 0.86, LIGHT_RIGHT + along * 0.75);
        put(
            out,
            format_args!(
                r#"<circle fill="{}" cx="{}" cy="{}" r="{}"/>"#,
                block.color.lit(light),
                Short(center[0] - offset * radius * 0.8),
                Short(center[1] - offset * radius),
                Short(radius * share)
            ),
        );
    }
}
