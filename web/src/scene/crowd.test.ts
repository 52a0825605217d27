import { NullEngine } from "@babylonjs/core/Engines/nullEngine";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { Logger } from "@babylonjs/core/Misc/logger";
import { Scene } from "@babylonjs/core/scene";
import { describe, expect, it } from "vitest";
import { Crowd, type Figure, NEAR_M } from "./crowd";
import { LOD, type Lod } from "./lod";
import { GROUND } from "./person/near";
import { Surfaces } from "./surfaces";
import { ViewCone } from "./view_cone";

Logger.LogLevels = Logger.WarningLogLevel;

interface Told {
  readonly made: Crowd;
  /** How many of each part were drawn, by its name. */
  drawn(): { readonly [name: string]: number };
}

/** A crowd of its own in its own scene with a floor at 0, seen from the origin along +Z. */
function crowd(): Told {
  const scene = new Scene(new NullEngine());
  const view = new ViewCone();
  view.open(1.05, 4 / 3);
  view.look(new Float32Array([0, 1.8, 0, 0, 0, 0, 1]));
  const made = new Crowd(scene, new Surfaces(scene), view, "fine", () => 0, () => undefined);
  made.shadows = false;
  made.begin(0, 0.02);
  const drawn = () => {
    made.end();
    const meshes = scene.meshes.filter((mesh): mesh is Mesh => mesh instanceof Mesh && mesh.isVisible);
    return Object.fromEntries(meshes.map((mesh) => [mesh.name.replace("person ", ""), mesh.thinInstanceCount]));
  };
  return { made, drawn };
}

function figure(z: number, lod: Lod, more: Partial<Figure> = {}): Figure {
  const poses = new Float32Array(21);
  for (const [at, y] of [[0, 1.8], [7, 1], [14, 1]] as const) poses.set([0, y, z, 0, 0, 0, 1], at);
  return {
    index: 1, poses, head: 0, left: -1, right: -1, joints: new Float32Array(), left_joints: -1, right_joints: -1,
    things: new Float32Array(16), right_things: new Float32Array(16), left_thing: -1, right_thing: -1, lod, red: 1, green: 0.5, blue: 0,
    look: { head: "round", top: "none", face: "none", hair: [0, 0, 0] }, away: false, speaking: false, loudness: undefined, idle: true,
    seated: false, seat_yaw: 0, posed: false, age_ms: Infinity, ...more,
  };
}

const BODY = { head: 1, eyes: 1, mouth: 1, torso: 1, "upper arm": 2, forearm: 2, thigh: 2, shin: 2, boot: 2 };
const MITTENS = { "left mitten": 1, "right mitten": 1 };

describe("the crowd", () => {
  it("everyone has a level and is counted, those behind the eye as unseen", () => {
    const { made, drawn } = crowd();
    expect(made.draw(figure(3, LOD.near))).toBe(true);
    expect(made.draw(figure(20, LOD.mid))).toBe(true);
    expect(made.draw(figure(50, LOD.far))).toBe(true);
    expect(made.draw(figure(200, LOD.farthest))).toBe(true);
    expect(made.draw(figure(-20, LOD.farthest))).toBe(false);
    expect(made.figures).toEqual({ near: 1, mid: 1, far: 3, unseen: 1 });
    expect(made.drawn).toBe(5);
    expect(drawn()).toEqual({ ...BODY, ...MITTENS, standing: 1, far: 1, farthest: 1 });
  });

  it("hands that nothing tracks rest, or are closed on what they hold", () => {
    const { made, drawn } = crowd();
    made.draw(figure(3, LOD.near, { right_thing: 0 }));
    expect(drawn()).toEqual({ ...BODY, "left mitten": 1, "right fist": 1 });
  });

  it("what somebody chose to wear is on their head, hair in its own colour also from farther off", () => {
    const { made, drawn } = crowd();
    const look = { head: "tall", top: "curls", face: "round_glasses", hair: [0.1, 0.2, 0.3] } as const;
    made.draw(figure(3, LOD.near, { look }));
    made.draw(figure(20, LOD.mid, { look }));
    expect(drawn()).toEqual({ ...BODY, ...MITTENS, curls: 2, round_glasses: 1, standing: 1 });
  });

  it("farther away people still sit and gesture", () => {
    const { made, drawn } = crowd();
    made.draw(figure(20, LOD.mid, { seated: true }));
    const raised = figure(20, LOD.mid, { right: 14 });
    raised.poses[15] = 1.7;
    made.draw(raised);
    expect(drawn()).toEqual({ seated: 1, gesturing: 1 });
  });

  it("nobody looks into a head", () => {
    const { made, drawn } = crowd();
    expect(made.draw(figure(NEAR_M - 0.01, LOD.near))).toBe(false);
    expect(made.drawn).toBe(1);
    expect(drawn()).toEqual({});
  });

  it("more people than there was room for are all drawn, and the next frame begins empty", () => {
    const { made, drawn } = crowd();
    for (let count = 0; count < 1_000; count += 1) made.draw(figure(50, LOD.farthest, { index: count }));
    expect(drawn()).toEqual({ farthest: 1_000 });
    made.begin(20, 0.02);
    expect(made.drawn).toBe(0);
    expect(drawn()).toEqual({});
  });

  it("is alive while somebody near breathes, not for who is away or far, nor where nothing may move", () => {
    const alive = (each: Figure) => {
      const { made } = crowd();
      made.draw(each);
      return made.alive;
    };
    expect(alive(figure(3, LOD.near))).toBe(true);
    expect(alive(figure(3, LOD.near, { away: true }))).toBe(false);
    expect(alive(figure(3, LOD.near, { idle: false }))).toBe(false);
    expect(alive(figure(20, LOD.mid))).toBe(false);
    expect(alive(figure(-3, LOD.near))).toBe(false);
  });

  it("tells where people touch the ground: two feet and a body nearby, one place in the middle", () => {
    const { made } = crowd();
    const told: number[][] = [];
    made.onGround = (x, y, z, _yaw, kind) => void told.push([x, y, z, kind]);
    made.draw(figure(3, LOD.near));
    made.draw(figure(20, LOD.mid, { index: 2 }));
    expect(told.map((each) => each[3])).toEqual([GROUND.body, GROUND.foot, GROUND.foot, GROUND.whole]);
    expect(told.map((each) => each[1])).toEqual([0, 0, 0, expect.closeTo(0, 5)]);
    expect([told[1]?.[0], told[2]?.[0]].map((x) => Math.sign(x ?? 0))).toEqual([-1, 1]);
  });
});
