//! How high the floor is at a point: the walkable triangles themselves, in a grid. The mesh alone is off by a hand's width.

use crate::SLOPE_DEGREES;
use crate::triangles::{Bounds, Triangle};

/// Edge of a cell of the grid, metres.
const CELL_M: f32 = 2.0;

/// Floors, found by where they are.
#[derive(Debug)]
pub(crate) struct Surface {
    origin: [f32; 2],
    /// Cells along x, and along z.
    size: [usize; 2],
    /// Where each cell's floors begin in the list, by rows; one more for the end.
    begins: Vec<u32>,
    floors: Vec<u32>,
    triangles: Vec<Triangle>,
}

impl Surface {
    /// The walkable ones of these.
    pub fn new(bounds: &Bounds, triangles: &[Triangle]) -> Self {
        let steepest = libm::cosf(SLOPE_DEGREES.to_radians());
        let lies = |triangle: &&Triangle| {
            let [x, y, z] = triangle.normal();
            y > steepest * libm::sqrtf(x * x + y * y + z * z)
        };
        let triangles: Vec<Triangle> = triangles.iter().filter(lies).copied().collect();
        let cells = |axis: usize| (bounds.edge(axis) / CELL_M) as usize + 1;
        let (origin, size) = ([bounds.least[0], bounds.least[2]], [cells(0), cells(2)]);
        let mut surface = Self { origin, size, begins: Vec::new(), floors: Vec::new(), triangles };
        let mut in_cells = vec![0u32; size[0] * size[1] + 1];
        for triangle in &surface.triangles {
            surface.cells_of(triangle).for_each(|cell| in_cells[cell + 1] += 1);
        }
        for cell in 1..in_cells.len() {
            in_cells[cell] += in_cells[cell - 1];
        }
        let mut next = in_cells.clone();
        surface.floors = vec![0; in_cells.last().map_or(0, |last| *last as usize)];
        for at in 0..surface.triangles.len() {
            let cells: Vec<usize> = surface.cells_of(&surface.triangles[at]).collect();
            for cell in cells {
                surface.floors[next[cell] as usize] = at as u32;
                next[cell] += 1;
            }
        }
        surface.begins = in_cells;
        surface
    }

    fn cell(&self, axis: usize, metres: f32) -> usize {
        let cells = (metres - self.origin[axis]) / CELL_M;
        (cells.max(0.0) as usize).min(self.size[axis] - 1)
    }

    fn cells_of(&self, triangle: &Triangle) -> impl Iterator<Item = usize> + use<> {
        let Bounds { least, most } = triangle.bounds();
        let columns = self.cell(0, least[0])..=self.cell(0, most[0]);
        let rows = self.cell(1, least[2])..=self.cell(1, most[2]);
        let width = self.size[0];
        rows.flat_map(move |row| columns.clone().map(move |column| row * width + column))
    }

    /// The height of the highest floor under a point that is no higher than `above` over it, metres.
    pub fn height(&self, [x, y, z]: [f32; 3], above: f32) -> Option<f32> {
        let off = [x - self.origin[0], z - self.origin[1]];
        let inside = (0..2).all(|axis| off[axis] >= 0.0 && off[axis] <= self.size[axis] as f32 * CELL_M);
        if !inside {
            return None;
        }
        let cell = self.cell(1, z) * self.size[0] + self.cell(0, x);
        let floors = &self.floors[self.begins[cell] as usize..self.begins[cell + 1] as usize];
        let heights = floors.iter().filter_map(|at| height_at(&self.triangles[*at as usize], x, z));
        heights.filter(|height| *height <= y + above).reduce(f32::max)
    }
}

/// Where a triangle is over or under a point; nothing beside it.
fn height_at(triangle: &Triangle, x: f32, z: f32) -> Option<f32> {
    /// Edges of neighbours leave no gaps between them.
    const EDGE: f32 = 1e-4;
    let [a, b, c] = triangle.0;
    let area = (b[2] - c[2]) * (a[0] - c[0]) + (c[0] - b[0]) * (a[2] - c[2]);
    let of_a = ((b[2] - c[2]) * (x - c[0]) + (c[0] - b[0]) * (z - c[2])) / area;
    let of_b = ((c[2] - a[2]) * (x - c[0]) + (a[0] - c[0]) * (z - c[2])) / area;
    let of_c = 1.0 - of_a - of_b;
    let within = [of_a, of_b, of_c].iter().all(|part| *part >= -EDGE);
    within.then(|| of_a * a[1] + of_b * b[1] + of_c * c[1]).filter(|height| height.is_finite())
}
