//! Puts floor, shadows and blocks onto a sheet. Owns shapes and shading; must not choose what is drawn, nor know what a sheet is.

use super::Rgb;
use super::color::TO_SUN;
use super::geometry::{Block, Form, Point, Scene, convex_hull};

/// What can be painted on: markup or pixels.
pub(super) trait Sheet {
    /// One thing begins; what follows belongs to it.
    fn begin_block(&mut self);
    /// It is complete.
    fn end_block(&mut self);
    /// A convex face.
    fn face(&mut self, color: Rgb, outline: &[Point]);
    /// A lying circle.
    fn ellipse(&mut self, color: Rgb, center: Point, across: f64, down: f64);
    /// Shade in one layer, so that where two overlap it gets no darker.
    fn shade(&mut self, outlines: &[Vec<Point>]);
    /// Thin lines.
    fn lines(&mut self, color: Rgb, lines: &[[Point; 2]]);
}

/// The floor's colour: the paving of the scene's plain.
const FLOOR: Rgb = Rgb::new(0xce, 0xc6, 0xb5);
/// How much darker its lines are.
const GRID_SHADE: f64 = 0.09;
const BLACK: Rgb = Rgb::new(0, 0, 0);
/// A sphere's outline and the half axes of a lying circle in this projection, per metre of radius.
const BALL: f64 = 1.224_744_871_391_589;
const ELLIPSE_DOWN: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// Steps from shade to light on something round, and corners of a step's outline: as many as its radius in units of the picture
/// asks for, within these. What is small is drawn with few, or a page of cards would weigh megabytes.
const STEPS: [f64; 2] = [2.0, 8.0];
const CORNERS: [f64; 2] = [8.0, 28.0];
const WHEEL_CORNERS: usize = 32;
/// The projection's directions in the room: to the right of the picture, towards its top, towards the eye.
const ACROSS: [f64; 3] = [std::f64::consts::FRAC_1_SQRT_2, 0.0, std::f64::consts::FRAC_1_SQRT_2];
const UPWARDS: [f64; 3] = [-0.408_248, 0.816_497, 0.408_248];
const TO_EYE: [f64; 3] = [0.577_35, 0.577_35, -0.577_35];

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|axis| a[axis] * b[axis]).sum()
}

/// Steps of light for something round of this radius on the picture.
fn steps(radius: f64) -> u32 {
    (radius / 4.0).clamp(STEPS[0], STEPS[1]) as u32
}

/// Corners for the same.
fn corners(radius: f64) -> usize {
    (radius * 1.2).clamp(CORNERS[0], CORNERS[1]) as usize
}

/// The slab with its grid.
pub(super) fn floor(sheet: &mut impl Sheet, scene: &Scene) {
    let ([left, right], [near, far]) = (scene.x, scene.z);
    let (top, low) = (scene.floor_y, scene.floor_y - scene.slab_m);
    let at = |x: f64, y: f64, z: f64| scene.project([x, y, z]);
    let front = [at(left, top, near), at(right, top, near), at(right, low, near), at(left, low, near)];
    let side = [at(right, top, near), at(right, top, far), at(right, low, far), at(right, low, near)];
    let upper = [at(left, top, near), at(right, top, near), at(right, top, far), at(left, top, far)];
    sheet.face(FLOOR.lit([0.0, 0.0, -1.0]), &front);
    sheet.face(FLOOR.lit([1.0, 0.0, 0.0]), &side);
    let lit = FLOOR.lit([0.0, 1.0, 0.0]);
    sheet.face(lit, &upper);
    let steps = |from: f64, to: f64| {
        let count = ((to - from) / scene.grid_m).round() as usize;
        (1..count).map(move |line| from + line as f64 * scene.grid_m)
    };
    let ahead = steps(left, right).map(|x| [at(x, top, near), at(x, top, far)]);
    let aside = steps(near, far).map(|z| [at(left, top, z), at(right, top, z)]);
    let lines: Vec<[Point; 2]> = ahead.chain(aside).collect();
    sheet.lines(lit.mix(BLACK, GRID_SHADE), &lines);
}

/// What the sun does not reach on the floor and on the paving that lies there.
pub(super) fn shadows(sheet: &mut impl Sheet, scene: &Scene, paving: &[Block], standing: &[Block]) {
    let outlines: Vec<Vec<Point>> = standing
        .iter()
        .map(|block| {
            let ground_y = block.ground_y(paving, scene.floor_y);
            let outline = scene.clip(block.shadow(ground_y));
            outline.into_iter().map(|[x, z]| scene.project([x, ground_y, z])).collect()
        })
        .filter(|outline: &Vec<Point>| outline.len() > 2)
        .collect();
    sheet.shade(&outlines);
}

/// One block by its visible faces.
pub(super) fn block(sheet: &mut impl Sheet, scene: &Scene, block: &Block) {
    sheet.begin_block();
    match block.form {
        Form::Box => upright_box(sheet, scene, block),
        Form::Cylinder => cylinder(sheet, scene, block),
        Form::Cone => cone(sheet, scene, block),
        Form::Ball => ball(sheet, scene, block),
        Form::Wheel => wheel(sheet, scene, block),
    }
    sheet.end_block();
}

fn upright_box(sheet: &mut impl Sheet, scene: &Scene, block: &Block) {
    let footprint = block.footprint();
    let (low, high) = block.vertical();
    let at = |[x, z]: Point, y: f64| scene.project([x, y, z]);
    for (index, &from) in footprint.iter().enumerate() {
        let to = footprint[(index + 1) % footprint.len()];
        let edge = [to[0] - from[0], to[1] - from[1]];
        let length = edge[0].hypot(edge[1]);
        let normal = [edge[1] / length, 0.0, -edge[0] / length];
        // Only sides that look towards the eye are seen.
        if dot(normal, TO_EYE) > 1e-6 {
            sheet.face(block.color.lit(normal), &[at(from, low), at(to, low), at(to, high), at(from, high)]);
        }
    }
    let top: Vec<Point> = footprint.iter().map(|&corner| at(corner, high)).collect();
    sheet.face(block.color.lit([0.0, 1.0, 0.0]), &top);
}

/// The half axes of a block's round footprint on the picture.
fn half_axes(scene: &Scene, block: &Block) -> Point {
    let radius = (block.size[0] + block.size[2]) / 4.0 * scene.scale;
    [radius * BALL, radius * ELLIPSE_DOWN]
}

fn cylinder(sheet: &mut impl Sheet, scene: &Scene, block: &Block) {
    let [x, _, z] = block.center;
    let (low, high) = block.vertical();
    let (top, bottom) = (scene.project([x, high, z]), scene.project([x, low, z]));
    let axes = half_axes(scene, block);
    // A low wall shows its light in few steps, however wide it is.
    let bands = steps(axes[0].min((high - low) * scene.scale * 4.0));
    for (share, color) in wall_bands(block, bands, 0.0) {
        let lower = arc(bottom, axes, share).into_iter().rev();
        let outline: Vec<Point> = arc(top, axes, share).into_iter().chain(lower).collect();
        sheet.face(color, &outline);
    }
    sheet.ellipse(block.color.lit([0.0, 1.0, 0.0]), top, axes[0], axes[1]);
}

fn cone(sheet: &mut impl Sheet, scene: &Scene, block: &Block) {
    let [x, _, z] = block.center;
    let (low, high) = block.vertical();
    let (tip, bottom) = (scene.project([x, high, z]), scene.project([x, low, z]));
    let radius = (block.size[0] + block.size[2]) / 4.0;
    let up = radius / radius.hypot(block.size[1]);
    let axes = half_axes(scene, block);
    for (share, color) in wall_bands(block, steps(axes[0]), up) {
        let outline: Vec<Point> = std::iter::once(tip).chain(arc(bottom, axes, share)).collect();
        sheet.face(color, &outline);
    }
}

/// A round wall from its shaded right to its lit left: up to where each band reaches (1 the right edge, -1 the left one), and its
/// colour. `up` is how much the wall looks up.
fn wall_bands(block: &Block, bands: u32, up: f64) -> impl Iterator<Item = (f64, Rgb)> {
    let color = block.color;
    let out = (1.0 - up * up).sqrt();
    (0..bands).map(move |band| {
        let along = |band: f64| (std::f64::consts::PI * band / f64::from(bands)).cos();
        let middle = along(f64::from(band) + 0.5);
        let ahead = (1.0 - middle * middle).sqrt() * std::f64::consts::FRAC_1_SQRT_2;
        let normal = [out * (middle * ACROSS[0] + ahead), up, out * (middle * ACROSS[2] - ahead)];
        (along(f64::from(band)), color.lit(normal))
    })
}

/// The front of a lying circle from its left edge to `share`.
fn arc(center: Point, [across, down]: Point, share: f64) -> Vec<Point> {
    let steps = corners(across) / 3;
    let step = |step: usize| {
        let along = -1.0 + (share + 1.0) * step as f64 / steps as f64;
        [center[0] + along * across, center[1] + (1.0 - along * along).max(0.0).sqrt() * down]
    };
    (0..=steps).map(step).collect()
}

/// A lying cylinder: its rim in one tone, before it the end that is seen.
fn wheel(sheet: &mut impl Sheet, scene: &Scene, block: &Block) {
    let (sin, cos) = block.yaw_rad.sin_cos();
    let ahead = [sin, 0.0, cos];
    let side = if dot(ahead, TO_EYE) > 0.0 { 1.0 } else { -1.0 };
    let end = |along: f64| -> Vec<Point> {
        (0..WHEEL_CORNERS)
            .map(|corner| corner as f64 / WHEEL_CORNERS as f64 * std::f64::consts::TAU)
            .map(|angle| {
                let [aside, up] = [angle.cos() * block.size[0] / 2.0, angle.sin() * block.size[1] / 2.0];
                let [x, y, z] = block.center;
                let along = along * block.size[2] / 2.0;
                scene.project([x + aside * cos + along * sin, y + up, z - aside * sin + along * cos])
            })
            .collect()
    };
    let seen = end(side);
    let rim = convex_hull(seen.iter().copied().chain(end(-side)).collect());
    sheet.face(block.color.lit([cos * side, 0.0, -sin * side]), &rim);
    sheet.face(block.color.lit(ahead.map(|part| part * side)), &seen);
}

fn ball(sheet: &mut impl Sheet, scene: &Scene, block: &Block) {
    let center = scene.project(block.center);
    let [wide, high] = [(block.size[0] + block.size[2]) / 4.0, block.size[1] / 2.0];
    let across = wide * BALL * scene.scale;
    let down = (wide * wide * 0.5 + high * high).sqrt() * scene.scale;
    let (right, up, ahead) = (dot(TO_SUN, ACROSS), dot(TO_SUN, UPWARDS), dot(TO_SUN, TO_EYE));
    sheet.ellipse(block.color.under(0.0, 0.0), center, across, down);
    let (steps, corners) = (steps(across), corners(across));
    for step in 0..steps {
        // All that looks at the sun by more than this: a cap around its direction, as far as it is seen.
        let facing = f64::from(step) / f64::from(steps);
        let around = (1.0 - facing * facing).sqrt();
        let across_sun = right.hypot(up);
        let [unit_right, unit_up] = [right / across_sun, up / across_sun];
        let outline: Vec<Point> = (0..corners)
            .map(|corner| corner as f64 / corners as f64 * std::f64::consts::TAU)
            .map(|angle| {
                let (sin, cos) = angle.sin_cos();
                // Along the sun's direction on the picture, across it, and towards the eye.
                let along = facing * across_sun - around * cos * ahead;
                let aside = around * sin;
                let towards = facing * ahead + around * cos * across_sun;
                // What lies behind the ball ends at its outline.
                let shown = if towards < 0.0 { 1.0 / along.hypot(aside).max(1e-9) } else { 1.0 };
                let [x, y] = [along * unit_right - aside * unit_up, along * unit_up + aside * unit_right];
                [center[0] + x * shown * across, center[1] - y * shown * down]
            })
            .collect();
        let middle = facing + 0.5 / f64::from(steps);
        sheet.face(block.color.under(0.6 * middle, middle), &outline);
    }
}
