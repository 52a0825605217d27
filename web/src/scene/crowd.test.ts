import { NullEngine } from "@babylonjs/core/Engines/nullEngine";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { Logger } from "@babylonjs/core/Misc/logger";
import { Scene } from "@babylonjs/core/scene";
import { describe, expect, it } from "vitest";
import { Crowd, type Figure, NEAR_M } from "./crowd";
import { farShape, simpleShape } from "./figures";
import { LOD, type Lod } from "./lod";
import { Surfaces } from "./surfaces";
import { ViewCone } from "./view_cone";

Logger.LogLevels = Logger.WarningLogLevel;

function triangles(mesh: Mesh): number {
  return mesh.getTotalIndices() / 3;
}

/** A crowd of its own in its own scene, seen from the origin along +Z. */
function crowd(): { made: Crowd; drawn: () => number[] } {
  const scene = new Scene(new NullEngine());
  const view = new ViewCone();
  view.open(1.05, 4 / 3);
  view.look(new Float32Array([0, 1.8, 0, 0, 0, 0, 1]));
  const made = new Crowd(scene, new Surfaces(scene), view, () => undefined);
  made.shadows = false;
  made.begin();
  const drawn = () => {
    made.end();
    const meshes = scene.meshes.filter((mesh): mesh is Mesh => mesh instanceof Mesh && mesh.isVisible);
    return meshes.map((mesh) => mesh.thinInstanceCount);
  };
  return { made, drawn };
}

function figure(z: number, lod: Lod, away = false): Figure {
  const poses = new Float32Array(21);
  for (const at of [0, 7, 14]) poses.set([0, 1.8, z, 0, 0, 0, 1], at);
  return { poses, head: 0, left: 7, right: 14, joints: new Float32Array(), left_joints: -1, right_joints: -1, things: new Float32Array(16), left_thing: -1, right_thing: -1, lod, red: 1, green: 0.5, blue: 0, away, age_ms: Infinity };
}

describe("figures", () => {
  it("a far figure is 24 triangles that all look outwards", () => {
    const mesh = farShape(new Scene(new NullEngine()));
    expect(triangles(mesh)).toBe(24);
    const positions = mesh.getVerticesData("position") ?? [];
    const indices = mesh.getIndices() ?? [];
    const corner = (at: number) => [0, 1, 2].map((part) => positions[3 * (indices[at] ?? 0) + part] ?? 0);
    for (let at = 0; at < indices.length; at += 3) {
      const [a, b, c] = [corner(at), corner(at + 1), corner(at + 2)] as [number[], number[], number[]];
      expect(outward(a, b, c), `triangle ${at / 3}`).toBeGreaterThan(0);
    }
  });

  it("a simple figure is a few hundred triangles", () => {
    const mesh = simpleShape(new Scene(new NullEngine()));
    expect(triangles(mesh)).toBeGreaterThan(100);
    expect(triangles(mesh)).toBeLessThan(500);
  });
});

describe("the crowd", () => {
  it("everyone has a level and is counted, those behind the eye as unseen", () => {
    const { made, drawn } = crowd();
    expect(made.draw(figure(3, LOD.near))).toBe(true);
    expect(made.draw(figure(20, LOD.mid))).toBe(true);
    expect(made.draw(figure(200, LOD.far))).toBe(true);
    expect(made.draw(figure(-20, LOD.far))).toBe(false);
    expect(made.figures).toEqual({ near: 1, mid: 1, far: 2, unseen: 1 });
    expect(made.drawn).toBe(4);
    // Head, face, body and two hands; one simple and one far figure.
    expect(drawn()).toEqual([1, 1, 1, 2, 1, 1]);
  });

  it("hands that nothing tracks rest, or are closed on what they hold", () => {
    const { made, drawn } = crowd();
    made.draw({ ...figure(3, LOD.near), left: -1, right: -1 });
    // Head, face, body and two open hands.
    expect(drawn()).toEqual([1, 1, 1, 2]);
    made.begin();
    made.draw({ ...figure(3, LOD.near), left: -1, right: -1, right_thing: 0 });
    // One hand is open, the other a fist.
    expect(drawn()).toEqual([1, 1, 1, 1, 1]);
  });

  it("farther away nobody's hands are drawn", () => {
    const { made, drawn } = crowd();
    for (const lod of [LOD.mid, LOD.far]) made.draw({ ...figure(20, lod), left: -1, right: -1, right_thing: 0 });
    expect(drawn()).toEqual([1, 1]);
  });

  it("nobody looks into a head", () => {
    const { made, drawn } = crowd();
    expect(made.draw(figure(NEAR_M - 0.01, LOD.near))).toBe(false);
    expect(made.drawn).toBe(1);
    expect(drawn()).toEqual([]);
  });

  it("more people than there was room for are all drawn, and the next frame begins empty", () => {
    const { made, drawn } = crowd();
    for (let count = 0; count < 1_000; count += 1) made.draw(figure(50, LOD.far));
    expect(drawn()).toEqual([1_000]);
    made.begin();
    expect(made.drawn).toBe(0);
    expect(drawn()).toEqual([]);
  });

  it("someone away is grey", () => {
    const { made } = crowd();
    const someone = figure(5, LOD.near, true);
    made.draw(someone);
    expect(Math.abs(someone.red - someone.blue)).toBeLessThan(0.3);
  });
});

/** How much a triangle's front looks away from the figure's upright axis. */
function outward(a: readonly number[], b: readonly number[], c: readonly number[]): number {
  const edge = (to: readonly number[], axis: number) => (to[axis] ?? 0) - (a[axis] ?? 0);
  const normal_x = edge(b, 1) * edge(c, 2) - edge(b, 2) * edge(c, 1);
  const normal_z = edge(b, 0) * edge(c, 1) - edge(b, 1) * edge(c, 0);
  const middle = (axis: number) => (a[axis] ?? 0) + (b[axis] ?? 0) + (c[axis] ?? 0);
  return normal_x * middle(0) + normal_z * middle(2);
}
