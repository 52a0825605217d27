/** The sockets of the room, kept as they change, and into which of them something goes that is let go of. */
import { type JsonObject, member, numbers, text } from "../core/json";
import { type Change, type Replica, isGone } from "../core/replica";
import type { Quaternion, Vector } from "../scene/matrix";
import { placeOfMatrix } from "../scene/places";

/** How near to its place in a socket something is that goes there, metres. */
const NEAR_M = 0.35;

export class Sockets {
  readonly #sockets = new Set<number>();
  /** What says that it is in a socket, by its index: the socket's id. */
  readonly #inside = new Map<number, string>();

  /** Follows what changed in the room. */
  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (isGone(change)) this.#forget(change.index);
      else if (change.record !== undefined) this.#note(change.index, change.record.components);
    }
  }

  /** The free socket into which a thing of these components goes from a point; -1 for none. */
  nearest(thing: JsonObject | undefined, [x = 0, y = 0, z = 0]: ArrayLike<number> & Iterable<number>, replica: Replica, matrices: Float32Array): number {
    let [best, least] = [-1, NEAR_M];
    for (const index of this.#sockets) {
      const socket = replica.record(index)?.components["socket"];
      const [sx, sy, sz] = middleOf(matrices, index * 16, offsetOf(socket));
      const away = Math.hypot(x - sx, y - sy, z - sz);
      if (away > least || !fits(socket, thing) || this.#isFull(index, replica)) continue;
      [best, least] = [index, away];
    }
    return best;
  }

  #isFull(socket: number, replica: Replica): boolean {
    const id = replica.id(socket);
    for (const [index, inside] of this.#inside) {
      if (inside === id && text(member(replica.record(index)?.components["parent"], "entity")) === id) return true;
    }
    return false;
  }

  #note(index: number, components: JsonObject): void {
    const { socket } = components;
    if (socket === undefined || socket === false) this.#sockets.delete(index);
    else this.#sockets.add(index);
    const inside = text(components["in_socket"]);
    if (inside === undefined) this.#inside.delete(index);
    else this.#inside.set(index, inside);
  }

  #forget(index: number): void {
    this.#sockets.delete(index);
    this.#inside.delete(index);
  }
}

/** Where something lies in the socket of an index, as far as that is drawn: a place in the room. */
export function placeInSocket(index: number, replica: Replica, matrices: Float32Array, place: Float32Array): void {
  const socket = replica.record(index)?.components["socket"];
  const [x, y, z, w] = placeOfMatrix(matrices, index * 16, place).subarray(3) as unknown as Quaternion;
  const [ox, oy, oz, ow] = (numbers(member(member(socket, "offset"), "rotation"), 4) ?? [0, 0, 0, 1]) as unknown as Quaternion;
  place.set(middleOf(matrices, index * 16, offsetOf(socket)));
  place.set([w * ox + x * ow + y * oz - z * oy, w * oy - x * oz + y * ow + z * ox, w * oz + x * oy - y * ox + z * ow, w * ow - x * ox - y * oy - z * oz], 3);
}

function fits(socket: JsonObject[string] | undefined, thing: JsonObject | undefined): boolean {
  const wanted = text(member(socket, "accepts"));
  const tag = thing?.["tag"];
  return wanted === undefined || tag === wanted || (Array.isArray(tag) && tag.includes(wanted));
}

function offsetOf(socket: JsonObject[string] | undefined): Vector {
  const [x = 0, y = 0, z = 0] = numbers(member(member(socket, "offset"), "position"), 3) ?? [];
  return [x, y, z];
}

/** A point of a thing in the room. */
function middleOf(matrix: Float32Array, at: number, [x, y, z]: Vector): Vector {
  const axis = (row: number): number =>
    x * (matrix[at + row] ?? 0) + y * (matrix[at + 4 + row] ?? 0) + z * (matrix[at + 8 + row] ?? 0) + (matrix[at + 12 + row] ?? 0);
  return [axis(0), axis(1), axis(2)];
}
