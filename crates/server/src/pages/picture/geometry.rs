//! Where things are in a picture: projection, framing, order of painting, outlines and shadows.
//!
//! Owns numbers only. Must not know colours' meaning or markup.

use super::Rgb;
use super::color::TO_SUN;
use thexr_wire::limits::COORDINATE_MAX_M;

/// What a block looks like; each fills its `size` around its centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// A box, turned by its yaw.
    #[default]
    Box,
    /// An upright cylinder or capsule.
    Cylinder,
    /// An upright cone, its tip above.
    Cone,
    /// A sphere, perhaps stretched upwards.
    Ball,
    /// A cylinder that lies: its axis is its own z.
    Wheel,
}

/// One thing of a room as its picture shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Centre [x, y, z], metres.
    pub center: [f64; 3],
    /// Full extent along its own x, y, z, metres.
    pub size: [f64; 3],
    /// Turn about the vertical axis, radians.
    pub yaw_rad: f64,
    /// Its colour in full, even light.
    pub color: Rgb,
    /// Its form.
    pub form: Form,
}

/// A point on the floor or on the picture.
pub(super) type Point = [f64; 2];

/// Corners of a round footprint: enough to look round on a card.
const ROUND_CORNERS: usize = 20;
/// Where the shadow of a point 1 m above the floor falls, metres along x and z.
const SHADOW_PER_M: Point = [-TO_SUN[0] / TO_SUN[1], -TO_SUN[2] / TO_SUN[1]];
/// Thickness of the floor's slab relative to its edge.
const SLAB_SHARE: f64 = 0.028;
/// The floor is never smaller than this, metres, so that a single chair still stands in a room.
const FLOOR_EDGE_MIN_M: f64 = 6.0;
/// Free floor around the outermost block, metres.
const FLOOR_MARGIN_M: f64 = 0.7;
/// Share of the frame left free on each side.
const FRAME_MARGIN_SHARE: f64 = 0.055;
/// A thing belongs to the heart of a room when it is within so many typical distances of its middle.
const HEART_REACH: f64 = 2.4;
/// And always within this, metres.
const HEART_MIN_M: f64 = 8.0;
/// Paving: what lies no higher above the floor, is no higher and no narrower than this, metres.
const PAVING_GAP_M: f64 = 0.05;
const PAVING_HEIGHT_MAX_M: f64 = 0.6;
const PAVING_EDGE_MIN_M: f64 = 4.0;
const HALF_SQRT_3: f64 = 0.866_025_403_784_438_6;

impl Block {
    fn is_drawable(&self) -> bool {
        let inside = |value: &f64| value.is_finite() && value.abs() <= COORDINATE_MAX_M;
        self.center.iter().all(inside)
            && self.size.iter().all(|edge| inside(edge) && *edge > 0.0)
            && self.yaw_rad.is_finite()
    }

    fn volume(&self) -> f64 {
        self.size.iter().product()
    }

    /// Lowest and highest point, metres.
    pub(super) fn vertical(&self) -> (f64, f64) {
        (self.center[1] - self.size[1] / 2.0, self.center[1] + self.size[1] / 2.0)
    }

    /// The footprint seen from above, anticlockwise in (x, z).
    pub(super) fn footprint(&self) -> Vec<Point> {
        let [half_x, half_z] = [self.size[0] / 2.0, self.size[2] / 2.0];
        let local: Vec<Point> = match self.form {
            Form::Box | Form::Wheel => {
                vec![[-half_x, -half_z], [half_x, -half_z], [half_x, half_z], [-half_x, half_z]]
            }
            Form::Cylinder | Form::Cone | Form::Ball => (0..ROUND_CORNERS)
                .map(|corner| corner as f64 / ROUND_CORNERS as f64 * std::f64::consts::TAU)
                .map(|angle| [angle.cos() * half_x, angle.sin() * half_z])
                .collect(),
        };
        // Babylon's positive yaw turns +Z towards +X.
        let (sin, cos) = self.yaw_rad.sin_cos();
        let turned = |[x, z]: Point| [self.center[0] + x * cos + z * sin, self.center[2] - x * sin + z * cos];
        local.into_iter().map(turned).collect()
    }

    /// Axis-aligned bounds [min, max] of x, y, z.
    fn bounds(&self) -> [[f64; 2]; 3] {
        let (low, high) = self.vertical();
        let [x, z] = flat_bounds(&self.footprint());
        [x, [low, high], z]
    }

    /// Whether it lies on the floor as paving and daises do: flat, and wide enough for others to stand on.
    pub(super) fn is_paving(&self, floor_y: f64) -> bool {
        let (low, high) = self.vertical();
        low <= floor_y + PAVING_GAP_M
            && high - low <= PAVING_HEIGHT_MAX_M
            && self.size[0].min(self.size[2]) >= PAVING_EDGE_MIN_M
    }

    /// Whether a place is above or below it.
    fn covers(&self, [x, z]: Point) -> bool {
        let [dx, dz] = [x - self.center[0], z - self.center[2]];
        let (sin, cos) = self.yaw_rad.sin_cos();
        let [aside, ahead] =
            [(dx * cos - dz * sin) * 2.0 / self.size[0], (dx * sin + dz * cos) * 2.0 / self.size[2]];
        match self.form {
            Form::Box | Form::Wheel => aside.abs() <= 1.0 && ahead.abs() <= 1.0,
            Form::Cylinder | Form::Cone | Form::Ball => aside.hypot(ahead) <= 1.0,
        }
    }

    /// The height on which its shadow falls: the highest paving under its middle, or the floor.
    pub(super) fn ground_y(&self, paving: &[Block], floor_y: f64) -> f64 {
        let under = paving.iter().filter(|slab| slab.covers([self.center[0], self.center[2]]));
        let tops = under.map(|slab| slab.vertical().1).filter(|top| *top <= self.center[1]);
        tops.fold(floor_y, f64::max)
    }

    /// Where its shadow falls on a floor at height `floor_y`, as a convex outline in (x, z).
    pub(super) fn shadow(&self, floor_y: f64) -> Vec<Point> {
        let (low, high) = match self.form {
            // The widest part of a ball is at its middle: lift and drop only the part that shapes the outline.
            Form::Ball => (self.center[1] - self.size[1] * 0.2, self.center[1] + self.size[1] * 0.2),
            Form::Box | Form::Cylinder | Form::Cone | Form::Wheel => self.vertical(),
        };
        let footprint = self.footprint();
        if self.form == Form::Cone {
            let tip = [self.center[0], self.center[2]];
            let outline = cast(&footprint, low - floor_y).chain(cast(&[tip], high - floor_y)).collect();
            return convex_hull(outline);
        }
        convex_hull(cast(&footprint, low - floor_y).chain(cast(&footprint, high - floor_y)).collect())
    }
}

/// Where the shadows of points at a height above the floor fall.
fn cast(points: &[Point], above_m: f64) -> impl Iterator<Item = Point> {
    let above_m = above_m.max(0.0);
    points.iter().map(move |[x, z]| [x + SHADOW_PER_M[0] * above_m, z + SHADOW_PER_M[1] * above_m])
}

/// The blocks that can be drawn, at most `limit`: the largest of the room's heart, in their given order.
pub(super) fn drawable(blocks: &[Block], limit: usize) -> Vec<Block> {
    let mut chosen: Vec<(usize, Block)> =
        blocks.iter().copied().enumerate().filter(|(_, block)| block.is_drawable()).collect();
    let (middle, reach_m) = heart(chosen.iter().map(|(_, block)| [block.center[0], block.center[2]]));
    chosen.retain(|(_, block)| (block.center[0] - middle[0]).hypot(block.center[2] - middle[1]) <= reach_m);
    chosen.sort_by(|(_, a), (_, b)| b.volume().total_cmp(&a.volume()));
    chosen.truncate(limit);
    chosen.sort_by_key(|(index, _)| *index);
    chosen.into_iter().map(|(_, block)| block).collect()
}

/// Where most of a room's things are: their middle (median) and how far around it they count, metres. What lies far out would
/// make everything else a speck.
fn heart(places: impl Iterator<Item = Point>) -> (Point, f64) {
    let places: Vec<Point> = places.collect();
    let middle = [0, 1].map(|axis| median(places.iter().map(|place| place[axis])));
    let typical = median(places.iter().map(|place| (place[0] - middle[0]).hypot(place[1] - middle[1])));
    (middle, (typical * HEART_REACH).max(HEART_MIN_M))
}

/// The middle one of all values; of none 0.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The floor under the blocks and the projection that fits everything into the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    /// Floor's extent along x.
    pub(super) x: [f64; 2],
    /// Floor's extent along z.
    pub(super) z: [f64; 2],
    /// Height of the floor's surface.
    pub(super) floor_y: f64,
    /// Thickness of the floor, metres.
    pub(super) slab_m: f64,
    /// Distance of the grid's lines, metres.
    pub(super) grid_m: f64,
    /// SVG units per metre.
    pub(super) scale: f64,
    offset: Point,
}

impl Scene {
    /// A floor around the blocks, fitted into `frame` (width, height).
    pub(super) fn around(blocks: &[Block], frame: (f64, f64)) -> Self {
        let bounds: Vec<[[f64; 2]; 3]> = blocks.iter().map(Block::bounds).collect();
        let [x, y, z] = [0, 1, 2].map(|axis| span(bounds.iter().map(|bounds| bounds[axis])));
        let edge = |[low, high]: [f64; 2]| (high - low + FLOOR_MARGIN_M * 2.0).max(FLOOR_EDGE_MIN_M);
        let grid_m = grid_step(edge(x).max(edge(z)));
        let around = |range: [f64; 2]| {
            let edge = (edge(range) / grid_m).ceil() * grid_m;
            let middle = ((range[0] + range[1]) / 2.0 / (grid_m / 2.0)).round() * (grid_m / 2.0);
            [middle - edge / 2.0, middle + edge / 2.0]
        };
        let mut scene = Self {
            x: around(x),
            z: around(z),
            floor_y: y[0],
            slab_m: edge(x).max(edge(z)) * SLAB_SHARE,
            grid_m,
            scale: 1.0,
            offset: [0.0, 0.0],
        };
        scene.fit(blocks, frame);
        scene
    }

    fn fit(&mut self, blocks: &[Block], (width, height): (f64, f64)) {
        let [left, right] = self.x;
        let [near, far] = self.z;
        let mut points = vec![
            self.project([left, self.floor_y, near]),
            self.project([left, self.floor_y, far]),
            self.project([right, self.floor_y - self.slab_m, near]),
            self.project([right, self.floor_y, far]),
        ];
        for block in blocks {
            let (_, top) = block.vertical();
            points.extend(block.footprint().iter().map(|[x, z]| self.project([*x, top, *z])));
        }
        let [across, down] = flat_bounds(&points);
        let free = 1.0 - FRAME_MARGIN_SHARE * 2.0;
        self.scale = (width * free / (across[1] - across[0])).min(height * free / (down[1] - down[0]));
        self.offset = [
            width / 2.0 - (across[0] + across[1]) / 2.0 * self.scale,
            height / 2.0 - (down[0] + down[1]) / 2.0 * self.scale,
        ];
    }

    /// A point of the room on the picture.
    pub(super) fn project(&self, [x, y, z]: [f64; 3]) -> Point {
        [
            self.offset[0] + (x + z) * HALF_SQRT_3 * self.scale,
            self.offset[1] - ((z - x) * 0.5 + y) * self.scale,
        ]
    }

    /// Keeps what of a convex outline lies on the floor.
    pub(super) fn clip(&self, outline: Vec<Point>) -> Vec<Point> {
        let [[left, right], [near, far]] = [self.x, self.z];
        let outline = clip_side(outline, |[x, _]| x - left);
        let outline = clip_side(outline, |[x, _]| right - x);
        let outline = clip_side(outline, |[_, z]| z - near);
        clip_side(outline, |[_, z]| far - z)
    }
}

/// The grid's step in metres: 1, 2, 5, 10, ... so that a floor has at most 16 fields along an edge.
fn grid_step(edge_m: f64) -> f64 {
    let mut decade = 1.0;
    loop {
        for step in [1.0, 2.0, 5.0] {
            if edge_m <= step * decade * 16.0 {
                return step * decade;
            }
        }
        decade *= 10.0;
    }
}

/// Smallest range that holds all ranges; an empty one lies at the origin.
fn span(ranges: impl Iterator<Item = [f64; 2]>) -> [f64; 2] {
    ranges.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]).unwrap_or([0.0, 0.0])
}

fn flat_bounds(points: &[Point]) -> [[f64; 2]; 2] {
    [0, 1].map(|axis| span(points.iter().map(|point| [point[axis], point[axis]])))
}

/// The order in which blocks are painted, as indices: what may be covered comes first.
///
/// Repeatedly takes the farthest block that nothing remaining has to precede. Blocks that interpenetrate or form a
/// cycle have no right order; the farthest of them comes first.
pub(super) fn back_to_front(blocks: &[Block]) -> Vec<usize> {
    let bounds: Vec<_> = blocks.iter().map(Block::bounds).collect();
    let depth = |index: usize| blocks[index].center[2] - blocks[index].center[0] - blocks[index].center[1];
    let mut remaining: Vec<usize> = (0..blocks.len()).collect();
    remaining.sort_by(|a, b| depth(*b).total_cmp(&depth(*a)));
    let mut order = Vec::with_capacity(blocks.len());
    while !remaining.is_empty() {
        let is_free =
            |index: &usize| !remaining.iter().any(|other| precedes(&bounds[*other], &bounds[*index]));
        let next = remaining.iter().position(is_free).unwrap_or(0);
        order.push(remaining.remove(next));
    }
    order
}

/// Must `a` be painted before `b`? Yes when a plane parts them with the eye on `b`'s side and none the other way.
fn precedes(a: &[[f64; 2]; 3], b: &[[f64; 2]; 3]) -> bool {
    behind(a, b) && !behind(b, a)
}

fn behind(a: &[[f64; 2]; 3], b: &[[f64; 2]; 3]) -> bool {
    const TOUCH_M: f64 = 1e-6;
    a[0][1] <= b[0][0] + TOUCH_M || a[2][0] >= b[2][1] - TOUCH_M || a[1][1] <= b[1][0] + TOUCH_M
}

/// The convex hull, anticlockwise (Andrew's monotone chain, 1979).
pub(super) fn convex_hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while chain.len() >= 2 && turn(chain[chain.len() - 2], chain[chain.len() - 1], point) <= 0.0 {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut points.iter().copied());
    hull.extend(half(&mut points.iter().rev().copied()));
    hull
}

/// Twice the signed area of a triangle; positive when it turns left.
fn turn(a: Point, b: Point, c: Point) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Cuts a convex outline at a line (Sutherland and Hodgman, 1974); `inside` is the signed distance.
fn clip_side(outline: Vec<Point>, inside: impl Fn(Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(outline.len() + 1);
    for (index, &point) in outline.iter().enumerate() {
        let next = outline[(index + 1) % outline.len()];
        let (here, there) = (inside(point), inside(next));
        if here >= 0.0 {
            kept.push(point);
        }
        if (here > 0.0 && there < 0.0) || (here < 0.0 && there > 0.0) {
            let share = here / (here - there);
            kept.push([point[0] + (next[0] - point[0]) * share, point[1] + (next[1] - point[1]) * share]);
        }
    }
    kept
}
