//! Coloured blocks on a grid round an open middle, low in front and higher towards the back and the sides, and boxes to hold.

use super::Builder;
use serde_json::json;
use thexr_world::transform::from_euler;

/// Edge of a field of the grid, metres; a block leaves a path between itself and its neighbours.
const FIELD_M: f32 = 3.6;
const PATH_M: f32 = 0.8;
/// Where the middle of the grid is, metres along z: before who arrives.
const MIDDLE_Z: f32 = 7.2;
/// Heights in a rhythm, metres: to sit on, to climb, to look over, to stand in the shade of.
const HEIGHTS_M: [f32; 4] = [0.45, 0.9, 1.8, 3.2];
/// Fields to either side of the middle, and along the way one looks.
const REACH: i16 = 3;
/// Of so many fields one stays empty.
const GAP_EVERY: u64 = 3;
const BLOCKS_MAX: usize = 18;
/// Edge of a box to hold, metres.
const BOX_M: f32 = 0.3;

pub(super) fn furnish(builder: &mut Builder, palette: &[&str; 5]) {
    blocks(builder, palette);
    boxes(builder, palette);
}

/// The fields, those farthest from where people arrive first: at the back it is never bare.
fn fields() -> impl Iterator<Item = (i16, i16)> {
    let rows = (-1..=REACH).rev();
    let all = rows.flat_map(|row| (-REACH..=REACH).map(move |column| (column, row)));
    // The middle and the way to it stay open, and the corners in front.
    all.filter(|&(column, row)| column.abs() + row.max(0) >= 2 && !(row < 0 && column.abs() < 2))
}

fn blocks(builder: &mut Builder, palette: &[&str; 5]) {
    let mut made = 0;
    for (column, row) in fields() {
        let is_gap = builder.roll().is_multiple_of(GAP_EVERY);
        if is_gap || made == BLOCKS_MAX {
            continue;
        }
        // Higher from ring to ring, by one step more or less.
        let ring = usize::from(column.unsigned_abs().max(row.max(0).unsigned_abs()));
        let step =
            (ring + usize::from(builder.unit() > 0.6)).saturating_sub(usize::from(builder.unit() > 0.6));
        let height = HEIGHTS_M[step.clamp(1, HEIGHTS_M.len()) - 1];
        let widest = FIELD_M - PATH_M;
        let [width, depth] = [builder.between(1.2, widest), builder.between(1.2, widest)];
        // Moved within its field, no farther.
        let [free_x, free_z] = [(widest - width) / 2.0, (widest - depth) / 2.0];
        let x = f32::from(column) * FIELD_M + builder.between(-free_x, free_x);
        let z = MIDDLE_Z + f32::from(row) * FIELD_M + builder.between(-free_z, free_z);
        made += 1;
        builder.add(json!({"name": format!("Block {made}"), "color": palette[(step + made) % 5], "wall": true,
            "shape": {"kind": "box", "width": width, "height": height, "depth": depth}, "position": [x, height / 2.0, z]}));
    }
}

/// Ten boxes before who arrives, in two groups that leave the way between them free.
fn boxes(builder: &mut Builder, palette: &[&str; 5]) {
    for n in 0..10u8 {
        let (side, place) = (f32::from(n % 2) * 2.0 - 1.0, n / 2);
        let x = side * (1.3 + 0.65 * f32::from(place % 3)) + builder.between(-0.08, 0.08);
        let z = 0.6 + 0.65 * f32::from(place / 3) + builder.between(-0.08, 0.08);
        let turn = builder.between(0.0, 3.1);
        builder.add(json!({"name": format!("Box {}", n + 1), "shape": {"kind": "box", "size": BOX_M}, "holdable": {},
            "position": [x, BOX_M / 2.0, z], "rotation": from_euler([0.0, turn, 0.0]), "color": palette[usize::from(n) % 5],
            "body": {"motion": "dynamic"}}));
    }
}
