/**
 * Hands whose joints are known: a palm and fifteen bones each, whoever's they are.
 *
 * Owns how a hand looks; where its joints are is handed in each frame as plain numbers. Makes no garbage.
 */
import { CreateCapsule } from "@babylonjs/core/Meshes/Builders/capsuleBuilder";
import { CreateSphere } from "@babylonjs/core/Meshes/Builders/sphereBuilder";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import { JOINTS } from "../core/generated";
import type { Surfaces } from "./surfaces";
import type { Roundness } from "./shapes";
import { Swarm } from "./swarm";

/** Radius of a unit bone whose height is 1: its caps are round on a finger of usual length. */
export const BONE_RADIUS = 0.19;
/** How thick a palm is, and how much larger than between its joints, metres. */
const PALM_M = { thick: 0.034, longer: 0.03, wider: 0.022 };
/** Joints in the order of WebXR. */
const WRIST = 0;
const KNUCKLE = { index: 6, middle: 11, little: 21 };
/** Bones: from joint, to joint, radius in metres. */
const BONES: readonly (readonly [number, number, number])[] = [
  [1, 2, 0.0125],
  [2, 3, 0.011],
  [3, 4, 0.0095],
  ...[6, 11, 16, 21].flatMap((knuckle) => {
    const slim = knuckle === KNUCKLE.little ? 0.85 : 1;
    return [
      [knuckle, knuckle + 1, 0.0105 * slim],
      [knuckle + 1, knuckle + 2, 0.0092 * slim],
      [knuckle + 2, knuckle + 3, 0.0082 * slim],
    ] as const;
  }),
];

/** How round bones and palms are; four hands of fingers have seventy bones, and a processor draws the coarse ones. */
const ROUND = { fine: { around: 8, cap: 3, palm: 6 }, coarse: { around: 5, cap: 1, palm: 3 } } as const;

export class Hands {
  readonly #bones: Swarm;
  readonly #palms: Swarm;
  /** The joints of the hand that is being drawn, in the room. */
  readonly #points = new Float32Array(3 * JOINTS);

  constructor(scene: Scene, surfaces: Surfaces, roundness: Roundness, onSwarm: (mesh: Mesh) => void) {
    const swarm = (newMesh: () => Mesh): Swarm =>
      new Swarm(() => {
        const mesh = newMesh();
        mesh.material = surfaces.material({ grid: false, glow: 0, gloss: 0.2 }, false);
        onSwarm(mesh);
        return mesh;
      });
    const round = ROUND[roundness];
    const bone = { height: 1, radius: BONE_RADIUS, tessellation: round.around, capSubdivisions: round.cap, subdivisions: 1 };
    this.#bones = swarm(() => CreateCapsule("hand bones", bone, scene));
    this.#palms = swarm(() => CreateSphere("palms", { diameter: 1, segments: round.palm }, scene));
  }

  begin(): void {
    this.#bones.clear();
    this.#palms.clear();
  }

  /** Draws a hand at a place (7 floats at `at` of `places`), whose joints are 75 floats at `from` of `joints`. */
  draw(places: Float32Array, at: number, joints: Float32Array, from: number, red: number, green: number, blue: number): void {
    toRoom(places, at, joints, from, this.#points);
    const palm = this.#palms.add(red, green, blue);
    composePalm(this.#palms.matrices, palm, this.#points);
    for (const [begin, end, radius] of BONES) {
      const slot = this.#bones.add(red, green, blue);
      composeBone(this.#bones.matrices, slot, this.#points, 3 * begin, 3 * end, radius);
    }
  }

  end(): void {
    this.#bones.upload();
    this.#palms.upload();
  }
}

/** Points of a place's frame, in the room. */
export function toRoom(places: Float32Array, at: number, points: Float32Array, from: number, out: Float32Array): void {
  const [px, py, pz] = [places[at] ?? 0, places[at + 1] ?? 0, places[at + 2] ?? 0];
  const [qx, qy, qz, qw] = [places[at + 3] ?? 0, places[at + 4] ?? 0, places[at + 5] ?? 0, places[at + 6] ?? 1];
  for (let part = 0; part < out.length; part += 3) {
    const [x, y, z] = [points[from + part] ?? 0, points[from + part + 1] ?? 0, points[from + part + 2] ?? 0];
    const tx = 2 * (qy * z - qz * y);
    const ty = 2 * (qz * x - qx * z);
    const tz = 2 * (qx * y - qy * x);
    out[part] = px + x + qw * tx + qy * tz - qz * ty;
    out[part + 1] = py + y + qw * ty + qz * tx - qx * tz;
    out[part + 2] = pz + z + qw * tz + qx * ty - qy * tx;
  }
}

/** The matrix of a unit bone that lies from one point to another. Points in one place make a ball. */
export function composeBone(out: Float32Array, at: number, points: Float32Array, from: number, to: number, radius: number): void {
  let dx = (points[to] ?? 0) - (points[from] ?? 0);
  let dy = (points[to + 1] ?? 0) - (points[from + 1] ?? 0);
  let dz = (points[to + 2] ?? 0) - (points[from + 2] ?? 0);
  const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
  if (length > 1e-6) [dx, dy, dz] = [dx / length, dy / length, dz / length];
  else [dx, dy, dz] = [0, 1, 0];
  // Any direction across it: from the axis along which it lies least.
  const upright = Math.abs(dy) < 0.8;
  let [ax, ay, az] = upright ? [dz, 0, -dx] : [0, -dz, dy];
  const across = Math.sqrt(ax * ax + ay * ay + az * az);
  [ax, ay, az] = [ax / across, ay / across, az / across];
  const wide = radius / BONE_RADIUS;
  const long = length + 2 * radius;
  out[at] = ax * wide;
  out[at + 1] = ay * wide;
  out[at + 2] = az * wide;
  out[at + 4] = dx * long;
  out[at + 5] = dy * long;
  out[at + 6] = dz * long;
  out[at + 8] = (ay * dz - az * dy) * wide;
  out[at + 9] = (az * dx - ax * dz) * wide;
  out[at + 10] = (ax * dy - ay * dx) * wide;
  out[at + 12] = ((points[from] ?? 0) + (points[to] ?? 0)) / 2;
  out[at + 13] = ((points[from + 1] ?? 0) + (points[to + 1] ?? 0)) / 2;
  out[at + 14] = ((points[from + 2] ?? 0) + (points[to + 2] ?? 0)) / 2;
  out[at + 3] = out[at + 7] = out[at + 11] = 0;
  out[at + 15] = 1;
}

/** The matrix of a unit ball that lies flat between wrist and knuckles. */
function composePalm(out: Float32Array, at: number, points: Float32Array): void {
  const point = (joint: number, axis: number) => points[3 * joint + axis] ?? 0;
  let [long, wide] = [0, 0];
  for (let axis = 0; axis < 3; axis += 1) {
    out[at + 4 + axis] = point(KNUCKLE.middle, axis) - point(WRIST, axis);
    out[at + axis] = point(KNUCKLE.index, axis) - point(KNUCKLE.little, axis);
    out[at + 12 + axis] = 0.4 * point(WRIST, axis) + 0.3 * (point(KNUCKLE.index, axis) + point(KNUCKLE.little, axis));
    long += (out[at + 4 + axis] ?? 0) ** 2;
    wide += (out[at + axis] ?? 0) ** 2;
  }
  [long, wide] = [Math.sqrt(long) || 1, Math.sqrt(wide) || 1];
  const [ax, ay, az] = [(out[at] ?? 0) / wide, (out[at + 1] ?? 0) / wide, (out[at + 2] ?? 0) / wide];
  const [bx, by, bz] = [(out[at + 4] ?? 0) / long, (out[at + 5] ?? 0) / long, (out[at + 6] ?? 0) / long];
  out[at + 8] = (ay * bz - az * by) * PALM_M.thick;
  out[at + 9] = (az * bx - ax * bz) * PALM_M.thick;
  out[at + 10] = (ax * by - ay * bx) * PALM_M.thick;
  const [longer, wider] = [long + PALM_M.longer, wide + PALM_M.wider];
  [out[at], out[at + 1], out[at + 2]] = [ax * wider, ay * wider, az * wider];
  [out[at + 4], out[at + 5], out[at + 6]] = [bx * longer, by * longer, bz * longer];
  out[at + 3] = out[at + 7] = out[at + 11] = 0;
  out[at + 15] = 1;
}
