/**
 * Bones that hang on each other and how they are turned: from a pose to a matrix each. Pure; makes no garbage.
 *
 * A pose has `POSE_FLOATS` numbers a bone: turns about X, Y and Z (radians; about X positive leans +Y ahead), a shift from where it
 * hangs (metres) and a size. One skeleton serves every monster of a kind in turn.
 */

/** Numbers of a bone in a pose: three turns, a shift, a size. */
export const POSE_FLOATS = 7;

/** A bone: on which it hangs (-1: the ground), and where on that. */
export interface Bone {
  readonly on: number;
  readonly at: readonly [number, number, number];
}

export class Skeleton {
  readonly bones: readonly Bone[];
  /** 16 floats a bone, in the room, after `solve`. */
  readonly matrices: Float32Array;
  readonly #own = new Float32Array(16);

  /** Bones come after those they hang on. */
  constructor(bones: readonly Bone[]) {
    this.bones = bones;
    this.matrices = new Float32Array(16 * bones.length);
  }

  /** Lays all bones by a pose that begins at `from`, standing on `root` (16 floats). */
  solve(pose: Float32Array, from: number, root: Float32Array): void {
    for (let bone = 0; bone < this.bones.length; bone += 1) {
      const { on, at } = this.bones[bone] as Bone;
      turned(this.#own, pose, from + bone * POSE_FLOATS, at);
      const parent = on < 0 ? root : this.matrices;
      multiply(this.matrices, bone * 16, this.#own, parent, Math.max(0, on) * 16);
    }
  }
}

/** Writes the matrix of a bone on its parent: about Z, then X, then Y. */
function turned(out: Float32Array, pose: Float32Array, from: number, [x, y, z]: readonly [number, number, number]): void {
  const [rx, ry, rz] = [pose[from] ?? 0, pose[from + 1] ?? 0, pose[from + 2] ?? 0];
  const size = pose[from + 6] ?? 1;
  const [sx, cx, sy, cy, sz, cz] = [Math.sin(rx), Math.cos(rx), Math.sin(ry), Math.cos(ry), Math.sin(rz), Math.cos(rz)];
  out[0] = size * (cz * cy + sz * sx * sy);
  out[1] = size * (sz * cx);
  out[2] = size * (sz * sx * cy - cz * sy);
  out[4] = size * (cz * sx * sy - sz * cy);
  out[5] = size * (cz * cx);
  out[6] = size * (sz * sy + cz * sx * cy);
  out[8] = size * (cx * sy);
  out[9] = size * -sx;
  out[10] = size * (cx * cy);
  out[12] = x + (pose[from + 3] ?? 0);
  out[13] = y + (pose[from + 4] ?? 0);
  out[14] = z + (pose[from + 5] ?? 0);
}

/** Writes `a` (an affine matrix of rows) and then `b`. */
export function multiply(out: Float32Array, at: number, a: Float32Array, b: Float32Array, from: number): void {
  for (let row = 0; row < 4; row += 1) {
    const [x, y, z] = [a[row * 4] ?? 0, a[row * 4 + 1] ?? 0, a[row * 4 + 2] ?? 0];
    for (let column = 0; column < 3; column += 1) {
      const sum = x * (b[from + column] ?? 0) + y * (b[from + 4 + column] ?? 0) + z * (b[from + 8 + column] ?? 0);
      out[at + row * 4 + column] = row === 3 ? sum + (b[from + 12 + column] ?? 0) : sum;
    }
    out[at + row * 4 + 3] = row === 3 ? 1 : 0;
  }
}

/** Sets a bone's turns in a pose. */
export function turnBone(pose: Float32Array, from: number, bone: number, rx: number, ry = 0, rz = 0): void {
  const at = from + bone * POSE_FLOATS;
  pose[at] = rx;
  pose[at + 1] = ry;
  pose[at + 2] = rz;
}

/** Sets how far a bone is from where it hangs, metres. */
export function shiftBone(pose: Float32Array, from: number, bone: number, x: number, y: number, z: number): void {
  const at = from + bone * POSE_FLOATS;
  pose[at + 3] = x;
  pose[at + 4] = y;
  pose[at + 5] = z;
}

export function sizeBone(pose: Float32Array, from: number, bone: number, size: number): void {
  pose[from + bone * POSE_FLOATS + 6] = size;
}
