/**
 * What building asks of the room's places, answered from its solids and the replica.
 *
 * Owns no state. Must not know the interface.
 */
import { member, text } from "../core/json";
import type { Foot, ListedThing, Sites, Spot, Thing } from "../core/sites";
import { ADD_DISTANCE_M, footAhead, sizeOf } from "../core/things";
import type { Context } from "./context";
import { freeSpot, spotBeside } from "./placing";
import { groundOf } from "./plain";

/** What one looks at from nearer or farther than this is not where something new is wanted, metres. */
const AHEAD_M = { nearest: 2, farthest: 9 };
/** What is as wide as this carries other things, metres; what is narrower is stood beside. */
const TABLE_M = 1.2;
/** Things smaller than this in every direction are not seen, metres; nor those farther from the visitor than this. */
export const TINY_M = 0.02;
export const FAR_M = 500;
/** What is this far down nobody comes to see, metres. */
const BELOW_M = -20;

/** The parts of a context that are needed, and what drags at a place of the window. */
type Needed = Pick<Context, "app" | "core" | "replica" | "stage">;

export function newSites({ app, core, replica, stage }: Needed, acts: Pick<Sites, "drags" | "showNew">): Sites {
  const { viewer } = app;
  const ground = groundOf(stage.solids, () => stage.hasPlain);

  /** Where something may be wanted, the likeliest first: on the table one looks at, on the floor there, a little ahead. */
  function wanted(): readonly Spot[] {
    const { origin, direction } = stage.sight(stage.canvas.clientWidth / 2, stage.canvas.clientHeight / 2);
    const hit = stage.solids.cast(...origin, direction, AHEAD_M.farthest);
    const plain = stage.hasPlain && direction[1] < 0 ? -origin[1] / direction[1] : Infinity;
    const far = Math.min(hit?.distance_m ?? Infinity, plain);
    const level = Math.hypot(direction[0], direction[2]);
    if (far * level < AHEAD_M.nearest || far > AHEAD_M.farthest) return [footAhead(viewer)];
    const [x, y, z] = [origin[0] + direction[0] * far, origin[1] + direction[1] * far, origin[2] + direction[2] * far];
    const floor = { x, y: viewer.y, z };
    const carries = hit === undefined || plain < hit.distance_m || halfOf(hit.owner)[0] * 2 >= TABLE_M;
    return carries ? [{ x, y, z }, floor, footAhead(viewer)] : [floor, footAhead(viewer)];
  }

  /** The first place that is free; where none is, it stands where it is in the way least. */
  function first(spots: readonly Spot[], foot: Foot): Spot {
    for (const spot of spots) {
      const free = freeSpot(ground, spot, foot);
      if (free !== undefined) return free;
    }
    return footAhead(viewer);
  }

  function every(use: (index: number, thing: Thing) => void): void {
    const count = core.matrices().length / 16;
    for (let index = 0; index < count; index += 1) {
      const record = replica.record(index);
      if (record !== undefined && record.components["avatar"] === undefined) use(index, { entity: record.id, components: record.components });
    }
  }

  function place(index: number): readonly [number, number, number] {
    const at = index * 16 + 12;
    const [x = 0, y = 0, z = 0] = core.matrices().subarray(at, at + 3);
    return [x, y, z];
  }

  /** Half extents in the room, across and up; what is not drawn as a shape by its components. */
  function halfOf(index: number): readonly [number, number] {
    const half = stage.props.half(index);
    const matrix = core.matrices().subarray(index * 16, index * 16 + 16);
    if (half === undefined) {
      const size = sizeOf(replica.record(index)?.components ?? {}) / 2;
      return [size, size];
    }
    const reach = [0, 1, 2].map((axis) => [0, 1, 2].reduce((sum, from) => sum + Math.abs((matrix[from * 4 + axis] ?? 0) * (half[from] ?? 0)), 0));
    return [Math.hypot(reach[0] ?? 0, reach[2] ?? 0), reach[1] ?? 0];
  }

  function listed(index: number, thing: Thing): ListedThing {
    const [x, y, z] = place(index);
    const distance_m = Math.hypot(x - viewer.x, y - viewer.y, z - viewer.z);
    const shaped = thing.components["shape"] !== undefined || thing.components["text"] !== undefined || thing.components["model"] !== undefined;
    const matrix = core.matrices().subarray(index * 16, index * 16 + 16);
    const scale = Math.max(...[0, 4, 8].map((row) => Math.hypot(matrix[row] ?? 0, matrix[row + 1] ?? 0, matrix[row + 2] ?? 0)));
    const size = stage.props.half(index) === undefined ? scale : 2 * Math.max(...halfOf(index));
    const lost = !shaped ? undefined : size < TINY_M ? "tiny" : y < BELOW_M ? "below" : distance_m > FAR_M ? "far" : undefined;
    return { ...thing, distance_m, lost };
  }

  return {
    ...acts,
    ahead: (foot: Foot) => first(wanted(), foot),
    free: (at: Spot, foot: Foot) => freeSpot(ground, at, foot) ?? at,
    beside(entity) {
      const index = replica.index(entity);
      if (index < 0) return undefined;
      const [x, y, z] = place(index);
      const [across, up] = halfOf(index);
      const right = [Math.cos(viewer.yaw), -Math.sin(viewer.yaw)] as const;
      // Asked for at its foot, told for its middle.
      const spot = spotBeside(ground, { x, y: y - up, z }, right, { radius_m: Math.min(across, ADD_DISTANCE_M), height_m: 2 * up });
      return { ...spot, y };
    },
    extent_m: (entity) => {
      const index = replica.index(entity);
      return index < 0 ? 0 : 2 * Math.max(...halfOf(index));
    },
    group(entity) {
      const things: Thing[] = [];
      every((_, thing) => things.push(thing));
      const parentOf = ({ components }: Thing): string | undefined => text(member(components["parent"], "entity"));
      const found = things.filter((thing) => thing.entity === entity);
      for (const above of found) found.push(...things.filter((thing) => parentOf(thing) === above.entity && !found.includes(thing)));
      return found;
    },
    things() {
      const list: ListedThing[] = [];
      every((index, thing) => list.push(listed(index, thing)));
      return list.sort((a, b) => a.distance_m - b.distance_m);
    },
  };
}
