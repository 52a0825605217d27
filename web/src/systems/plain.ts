/**
 * The ground a body walks on: the room's solids and, where there is one, the plain at height 0. Pure.
 */
import type { Solids } from "../scene/solids";
import type { Ground } from "./body";

/** Joins the solids with the plain; `hasPlain` is asked each time, since a room may lose its plain. */
export function groundOf(solids: Solids, hasPlain: () => boolean): Ground {
  return {
    gather: (x, z, reach) => solids.gather(x, z, reach),
    push: (out, x, y, z, radius, deepest_m) => {
      if (solids.push(out, x, y, z, radius, deepest_m)) return true;
      if (!hasPlain() || y >= radius || y < -radius) return false;
      [out[0], out[1], out[2]] = [0, radius - y, 0];
      return true;
    },
    floorUnder: (x, y, z, down, deepest_m) => {
      const floor = solids.floorUnder(x, y, z, down, deepest_m);
      const plain = hasPlain() && y >= 0 && y - down <= 0 ? 0 : Number.NEGATIVE_INFINITY;
      return Math.max(floor, plain);
    },
  };
}
