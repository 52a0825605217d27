/**
 * Corners and triangles of forms without sharp edges: a box with bevels, tubes and cones with chamfers. Pure; knows no mesh.
 *
 * All are as large as one metre, bulge outwards everywhere and have the origin inside: that decides which way a triangle looks.
 */

/** As a mesh wants them: three numbers a corner, three corners a triangle. */
export interface Facets {
  readonly positions: number[];
  readonly normals: number[];
  readonly indices: number[];
}

type Point = readonly [number, number, number];

/** The bevel of the unit box as it stands in its own corners. */
const BOX_BEVEL = 0.03;
/** Width of a tube's chamfer, of its height and diameter. */
const CHAMFER = 0.0225;
/** A tip is rounded over this share of the height. */
const TIP = 0.09;

/** 24 corners, 44 triangles; the normals stay the faces' own, so that bevels shade round. With no bevel 12 triangles. */
export function boxFacets(bevel = BOX_BEVEL): Facets {
  const facets = empty();
  const corners = new Map<string, number>();
  const signs = [-1, 1];
  for (let axis = 0; axis < 3; axis += 1) {
    for (const x of signs) for (const y of signs) for (const z of signs) {
      const sides: Point = [x, y, z];
      const place = sides.map((side, at) => side * (at === axis ? 0.5 : 0.5 - bevel));
      const normal = sides.map((side, at) => (at === axis ? side : 0));
      corners.set(`${axis} ${x} ${y} ${z}`, corner(facets, place, normal));
    }
  }
  const at = (axis: number, sides: readonly number[]) => corners.get(`${axis} ${sides.join(" ")}`) ?? 0;
  const turned = (sides: readonly number[], axis: number) => sides.map((side, each) => (each === axis ? -side : side));
  for (let axis = 0; axis < 3; axis += 1) {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    for (const side of signs) {
      // A face, and the bevel that leads from it to the next axis' face.
      const first = [1, 1, 1].map((one, each) => (each === axis ? side : one));
      quad(facets, at(axis, first), at(axis, turned(first, u)), at(axis, turned(turned(first, u), v)), at(axis, turned(first, v)));
      if (bevel === 0) continue;
      for (const other of signs) {
        const edge = [1, 1, 1].map((one, each) => (each === axis ? side : each === u ? other : one));
        quad(facets, at(axis, edge), at(axis, turned(edge, v)), at(u, turned(edge, v)), at(u, edge));
      }
    }
  }
  if (bevel === 0) return facets;
  for (const x of signs) for (const y of signs) for (const z of signs) {
    triangle(facets, at(0, [x, y, z]), at(1, [x, y, z]), at(2, [x, y, z]));
  }
  return facets;
}

/** A tube of height 1 and these radii, of which the larger is 0.5; a radius of 0 is a rounded tip. */
export function tubeFacets(top: number, bottom: number, around: number, chamfer = CHAMFER): Facets {
  const facets = empty();
  const slope = bottom - top;
  const up = slope / Math.hypot(1, slope);
  const radiusAt = (y: number) => bottom - slope * (y + 0.5);
  const rings = [...endRings(bottom, -1, up, chamfer, radiusAt).toReversed(), ...endRings(top, 1, up, chamfer, radiusAt)].map(
    ([radius, y, tilt]) => ringAt(facets, radius, y, tilt, around),
  );
  closeEnds(facets, rings, top, bottom, around);
  for (let at = 0; at + 1 < rings.length; at += 1) {
    const [lower, upper] = [rings[at] ?? 0, rings[at + 1] ?? 0];
    for (let step = 0; step < around; step += 1) {
      const next = (step + 1) % around;
      quad(facets, lower + step, lower + next, upper + next, upper + step);
    }
  }
  return facets;
}

/** The rings of one end from the side outwards: radius, height and how much their surface looks up. */
function endRings(radius: number, end: -1 | 1, up: number, chamfer: number, radiusAt: (y: number) => number): readonly Point[] {
  if (radius > CHAMFER) {
    const rim = end * (0.5 - chamfer);
    return [
      [radiusAt(rim), rim, up],
      [radius - chamfer, end * 0.5, end],
    ];
  }
  const neck = end * (0.5 - TIP);
  const narrow = radiusAt(neck);
  return [
    [narrow, neck, up],
    [narrow * 0.62, end * (0.5 - TIP * 0.58), end * 0.55],
  ];
}

/** Lids, or tips that end a little below where a sharp one would. */
function closeEnds(facets: Facets, rings: readonly number[], top: number, bottom: number, around: number): void {
  const ends = [
    { ring: rings[0] ?? 0, radius: bottom, end: -1 },
    { ring: rings.at(-1) ?? 0, radius: top, end: 1 },
  ];
  for (const { ring, radius, end } of ends) {
    const middle = corner(facets, [0, end * (radius > CHAMFER ? 0.5 : 0.5 - TIP * 0.4), 0], [0, end, 0]);
    for (let step = 0; step < around; step += 1) triangle(facets, middle, ring + step, ring + ((step + 1) % around));
  }
}

function ringAt(facets: Facets, radius: number, y: number, up: number, around: number): number {
  const first = facets.positions.length / 3;
  const out = Math.sqrt(1 - up * up);
  for (let step = 0; step < around; step += 1) {
    const angle = (step / around) * 2 * Math.PI;
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    corner(facets, [sine * radius, y, cosine * radius], [sine * out, up, cosine * out]);
  }
  return first;
}

function empty(): Facets {
  return { positions: [], normals: [], indices: [] };
}

function corner(facets: Facets, place: readonly number[], normal: readonly number[]): number {
  facets.positions.push(...place);
  facets.normals.push(...normal);
  return facets.positions.length / 3 - 1;
}

function quad(facets: Facets, a: number, b: number, c: number, d: number): void {
  triangle(facets, a, b, c);
  triangle(facets, a, c, d);
}

/** Three corners, put in the order in which they look away from the origin. */
function triangle(facets: Facets, a: number, b: number, c: number): void {
  const [pa, pb, pc] = [pointOf(facets, a), pointOf(facets, b), pointOf(facets, c)];
  const [ux, uy, uz] = [pb[0] - pa[0], pb[1] - pa[1], pb[2] - pa[2]];
  const [vx, vy, vz] = [pc[0] - pa[0], pc[1] - pa[1], pc[2] - pa[2]];
  const outward =
    (uy * vz - uz * vy) * (pa[0] + pb[0] + pc[0]) +
    (uz * vx - ux * vz) * (pa[1] + pb[1] + pc[1]) +
    (ux * vy - uy * vx) * (pa[2] + pb[2] + pc[2]);
  // Babylon's axes are left-handed.
  if (outward < 0) facets.indices.push(a, b, c);
  else facets.indices.push(a, c, b);
}

function pointOf({ positions }: Facets, at: number): Point {
  return [positions[at * 3] ?? 0, positions[at * 3 + 1] ?? 0, positions[at * 3 + 2] ?? 0];
}
