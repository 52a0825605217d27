/**
 * Where on a floor something fits: nearest to where it was wanted, beside what is there. Pure; the ground is an argument.
 */
import type { Foot, Spot } from "../core/sites";
import type { Ground } from "./body";

/** Places are tried on rings around the wanted one, so far apart beside the thing's own width, metres. */
const GAP_M = 0.3;
const RINGS = 5;
const DIRECTIONS = 12;
/** The floor of a place may be so much higher or lower than where one looks for it, metres: nothing is put onto other things. */
const HIGHER_M = 0.1;
const LOWER_M = 0.6;
/** A wide place is looked at this closely, metres. */
const CLOSE_M = 0.3;
/** What lies so low is stood upon, metres: carpets and grounds. */
const FLAT_M = 0.08;

/** The free place nearest to a wanted one; undefined where all is full or there is no floor. */
export function freeSpot(ground: Ground, wanted: Spot, foot: Foot): Spot | undefined {
  const step = 2 * foot.radius_m + GAP_M;
  for (let ring = 0; ring <= RINGS; ring += 1) {
    for (let turn = 0; turn < (ring === 0 ? 1 : DIRECTIONS); turn += 1) {
      const angle = (turn / DIRECTIONS) * 2 * Math.PI;
      const spot = settled(ground, wanted.x + Math.sin(angle) * ring * step, wanted, wanted.z + Math.cos(angle) * ring * step, foot);
      if (spot !== undefined) return spot;
    }
  }
  return undefined;
}

/** The first free place in a direction from a thing, at the thing's own height; the last one tried where all are full. */
export function spotBeside(ground: Ground, from: Spot, [dx, dz]: readonly [number, number], foot: Foot): Spot {
  const step = 2 * foot.radius_m + GAP_M;
  let spot = from;
  for (let steps = 1; steps <= 2 * RINGS; steps += 1) {
    spot = { x: from.x + dx * step * steps, y: from.y, z: from.z + dz * step * steps };
    if (isFree(ground, spot, foot)) return spot;
  }
  return spot;
}

/** A place on the floor, if there is one and room above it. */
function settled(ground: Ground, x: number, wanted: Spot, z: number, foot: Foot): Spot | undefined {
  ground.gather(x, z, foot.radius_m);
  const y = ground.floorUnder(x, wanted.y + HIGHER_M, z, HIGHER_M + LOWER_M);
  if (y === Number.NEGATIVE_INFINITY) return undefined;
  const spot = { x, y, z };
  return isFree(ground, spot, foot) ? spot : undefined;
}

const out: [number, number, number] = [0, 0, 0];

/** Whether nothing stands in a column; what it stands on does not count. */
function isFree(ground: Ground, { x, y, z }: Spot, { radius_m, height_m }: Foot): boolean {
  ground.gather(x, z, radius_m);
  // Balls one upon the other, at least one; each clear of the floor.
  const radius = Math.max(0.05, Math.min(radius_m, Math.max(height_m, 2 * FLAT_M) / 2));
  const [lowest, highest] = [y + FLAT_M + radius, Math.max(y + FLAT_M + radius, y + height_m - radius)];
  for (let middle = lowest; ; middle = Math.min(highest, middle + radius)) {
    if (ground.push(out, x, middle, z, radius) || isBeside(ground, x, middle, z, radius, radius_m)) return false;
    if (middle >= highest) return true;
  }
}

/** Whether something stands in the rest of a column that is wider than high. */
function isBeside(ground: Ground, x: number, y: number, z: number, radius: number, radius_m: number): boolean {
  const rings = Math.ceil((radius_m - radius) / CLOSE_M);
  for (let ring = 1; ring <= rings; ring += 1) {
    const far = ((radius_m - radius) * ring) / rings;
    for (let turn = 0; turn < DIRECTIONS; turn += 1) {
      const angle = (turn / DIRECTIONS) * 2 * Math.PI;
      if (ground.push(out, x + Math.sin(angle) * far, y, z + Math.cos(angle) * far, radius)) return true;
    }
  }
  return false;
}
