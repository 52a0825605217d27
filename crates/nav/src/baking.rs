//! From walls and floors to a mesh: Recast's steps in their order.

use crate::error::BakeError;
use crate::geometry::{Level, collect};
use crate::paths::{Paths, RoomAxes};
use crate::surface::Surface;
use crate::triangles::{Bounds, minus};
use crate::{CELL_HEIGHT_M, CELL_M, SLOPE_DEGREES, STEP_M, WALKER_HEIGHT_M, WALKER_RADIUS_M};
use landmass::{HeightNavigationMesh, HeightPolygon, NavigationMesh};
use rerecast::{
    Aabb3d, AreaType, BuildContoursFlags, CompactHeightfield, ConvexVolume, DetailNavmesh,
    HeightfieldBuilder, PolygonNavmesh, TriMesh,
};
use thexr_world::World;

/// Whoever walks, in cells.
const HEIGHT_CELLS: u16 = (WALKER_HEIGHT_M / CELL_HEIGHT_M + 0.5) as u16;
const STEP_CELLS: u16 = (STEP_M / CELL_HEIGHT_M + 0.5) as u16;
const RADIUS_CELLS: u16 = (WALKER_RADIUS_M / CELL_M + 0.5) as u16;
/// Islands of fewer cells are nowhere to stand; areas of fewer become one with their neighbours.
const REGION_CELLS_MIN: u16 = 64;
const REGION_CELLS_MERGED: u16 = 400;
/// Longest edge of a polygon, cells: a way is looked for by the middles of edges.
const EDGE_CELLS_MAX: u16 = 60;
/// How far a polygon's edge may be from the cells it goes along, cells.
const EDGE_ERROR_CELLS: f32 = 1.3;
const CORNERS_PER_POLYGON: u16 = 6;
/// How often the height of the floor is looked at, and how far off it may be, metres.
const DETAIL_EVERY_M: f32 = 1.2;
const DETAIL_ERROR_M: f32 = 0.1;

/// Makes a mesh of what is fixed in a world, as it is at a time of the room's clock and with all its doors where they are closed.
///
/// Takes about 0.1 s for a level of 100 x 100 m, 0.5 s for 200 x 200 m, and never more than some seconds.
pub fn bake(world: &World, clock_ms: f64) -> Result<Paths, BakeError> {
    paths(collect(world, clock_ms, None)?)
}

/// As [`bake`], for somebody who stands at a point: also where there is nothing else that walks by itself.
pub fn bake_around(world: &World, clock_ms: f64, point: [f32; 3]) -> Result<Paths, BakeError> {
    paths(collect(world, clock_ms, Some(point))?)
}

fn paths(level: Level) -> Result<Paths, BakeError> {
    let (polygons, detail) = mesh(&level)?;
    let mesh = as_landmass(&polygons, detail, level.middle).validate().map_err(|_| BakeError::Unwalkable)?;
    let surface = Surface::new(&level.bounds, &level.triangles);
    Ok(Paths::new(mesh, surface, level.bounds, level.gates, level.fixed))
}

fn mesh(level: &Level) -> Result<(PolygonNavmesh, DetailNavmesh), BakeError> {
    let cells = cells_of(level)?;
    let contours = cells.build_contours(EDGE_ERROR_CELLS, EDGE_CELLS_MAX, BuildContoursFlags::default());
    let polygons = contours.into_polygon_mesh(CORNERS_PER_POLYGON).map_err(|_| BakeError::Unwalkable)?;
    if polygons.areas.is_empty() {
        return Err(BakeError::NoFloor);
    }
    let detail = DetailNavmesh::new(&polygons, &cells, DETAIL_EVERY_M, DETAIL_ERROR_M);
    Ok((polygons, detail.map_err(|_| BakeError::Unwalkable)?))
}

/// The grid of where one may stand, in which doors and lifts are areas of their own.
fn cells_of(level: &Level) -> Result<CompactHeightfield, BakeError> {
    // About the middle, where numbers are fine.
    let local = |point: [f32; 3]| minus(point, level.middle);
    let Bounds { least, most } = level.bounds;
    let mut walls = TriMesh::default();
    for (at, triangle) in (0u32..).zip(&level.triangles) {
        triangle.0.into_iter().for_each(|corner| walls.vertices.push(local(corner).into()));
        walls.indices.push([3 * at, 3 * at + 1, 3 * at + 2].into());
        walls.area_types.push(AreaType::NOT_WALKABLE);
    }
    walls.mark_walkable_triangles(SLOPE_DEGREES.to_radians());
    let aabb = Aabb3d { min: local(least).into(), max: local(most).into() };
    let field = HeightfieldBuilder { aabb, cell_size: CELL_M, cell_height: CELL_HEIGHT_M }.build();
    let mut field = field.map_err(|_| BakeError::Unwalkable)?;
    field.rasterize_triangles(&walls, STEP_CELLS).map_err(|_| BakeError::Unwalkable)?;
    field.filter_low_hanging_walkable_obstacles(STEP_CELLS);
    field.filter_ledge_spans(HEIGHT_CELLS, STEP_CELLS);
    field.filter_walkable_low_height_spans(HEIGHT_CELLS);
    let mut cells = field.into_compact(HEIGHT_CELLS, STEP_CELLS).map_err(|_| BakeError::Unwalkable)?;
    cells.erode_walkable_area(RADIUS_CELLS);
    for (area, gate) in (1u8..).zip(&level.gates) {
        let [min_y, max_y] = gate.height.map(|y| y - level.middle[1]);
        let vertices =
            gate.corners().map(|[x, z]| [x - level.middle[0], z - level.middle[2]].into()).to_vec();
        cells.mark_convex_poly_area(&ConvexVolume { vertices, min_y, max_y, area: AreaType(area) });
    }
    cells.build_distance_field();
    let regions = cells.build_regions(0, REGION_CELLS_MIN, REGION_CELLS_MERGED);
    regions.map_err(|_| BakeError::Unwalkable)?;
    Ok(cells)
}

/// The mesh as it is asked for ways.
fn as_landmass(mesh: &PolygonNavmesh, detail: DetailNavmesh, middle: [f32; 3]) -> NavigationMesh<RoomAxes> {
    let origin = mesh.aabb.min;
    let placed = |[x, y, z]: [f32; 3]| [x + middle[0], y + middle[1], z + middle[2]];
    let vertices = mesh.vertices.iter().map(|corner| {
        let [x, z] = [corner.x, corner.z].map(|cells| f32::from(cells) * mesh.cell_size);
        placed([origin.x + x, origin.y + f32::from(corner.y) * mesh.cell_height, origin.z + z])
    });
    let polygon = |corners: &[u16]| {
        let corners = corners.iter().take_while(|corner| **corner != PolygonNavmesh::NO_INDEX);
        corners.map(|corner| usize::from(*corner)).collect()
    };
    let of_detail = detail.meshes.iter().map(|part| HeightPolygon {
        base_vertex_index: part.base_vertex_index,
        vertex_count: part.vertex_count,
        base_triangle_index: part.base_triangle_index,
        triangle_count: part.triangle_count,
    });
    let height_mesh = HeightNavigationMesh {
        polygons: of_detail.collect(),
        vertices: detail.vertices.iter().map(|corner| placed([corner.x, corner.y, corner.z])).collect(),
        triangles: detail.triangles,
    };
    NavigationMesh {
        vertices: vertices.collect(),
        polygons: mesh.polygons.chunks(usize::from(mesh.max_vertices_per_polygon)).map(polygon).collect(),
        polygon_type_indices: mesh.areas.iter().map(|area| usize::from(area.0)).collect(),
        height_mesh: Some(height_mesh),
    }
}
