/** Shapes of people: skins that look outwards, and what they cost. */
import { describe, expect, it } from "vitest";
import { FACES, TOPS, faceClay, topClay } from "./adornments";
import { bootClay, forearmClay, mittenClay, shinClay, thighClay, torsoClay, upperArmClay } from "./body";
import type { Clay } from "./clay";
import { BEARING, farClay, farthestClay, midClay } from "./coarse";
import { eyesClay, headClay, mouthClay, ringsClay } from "./head";

/** Six times the volume inside: above 0 where triangles look outwards. */
function volume({ positions, indices }: Clay): number {
  const corner = (at: number) => [0, 1, 2].map((axis) => positions[3 * (indices[at] ?? 0) + axis] ?? 0) as [number, number, number];
  let sum = 0;
  for (let at = 0; at < indices.length; at += 3) {
    const [[ax, ay, az], [bx, by, bz], [cx, cy, cz]] = [corner(at), corner(at + 1), corner(at + 2)];
    sum += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return sum;
}

const SOLIDS: readonly (readonly [string, Clay])[] = [
  ["head", headClay()], ["torso", torsoClay()], ["upper arm", upperArmClay()], ["forearm", forearmClay()],
  ["left mitten", mittenClay(-1, 0.4)], ["right mitten", mittenClay(1, 0.4)], ["fist", mittenClay(1, 2.4)],
  ["thigh", thighClay()], ["shin", shinClay()], ["boot", bootClay()],
  ["standing", midClay(BEARING.standing)], ["seated", midClay(BEARING.seated)], ["gesturing", midClay(BEARING.gesturing)],
  ["far", farClay()], ["farthest", farthestClay()], ["rings", ringsClay()],
  ...TOPS.map((top) => [top, topClay(top)] as const),
];

describe("the shapes of people", () => {
  it.each(SOLIDS)("%s looks outwards and its normals with it", (_, clay) => {
    expect(volume(clay)).toBeGreaterThan(0);
    for (let at = 0; at < clay.normals.length; at += 3) {
      expect(Math.hypot(...clay.normals.slice(at, at + 3))).toBeCloseTo(1, 5);
    }
    expect(clay.colors.length / 4).toBe(clay.corners);
    expect(clay.traits.length / 2).toBe(clay.corners);
  });

  it.each([["eyes", eyesClay()], ["mouth", mouthClay()], ...FACES.map((face) => [face, faceClay(face)] as const)] as const)(
    "%s look ahead",
    (_, clay) => {
      const ahead = clay.normals.filter((_part, at) => at % 3 === 2).reduce((sum, part) => sum + part, 0);
      expect(ahead / clay.corners).toBeGreaterThan(0.1);
    },
  );

  it("a person nearby is some 2,000 triangles, in one piece 350, far 88, farthest 24", () => {
    const limbs = [upperArmClay(), forearmClay(), thighClay(), shinClay(), bootClay()];
    const near = [headClay(), eyesClay(), mouthClay(), torsoClay(), mittenClay(-1, 0.4), mittenClay(1, 0.4), ...limbs, ...limbs];
    const total = near.reduce((sum, clay) => sum + clay.triangles, 0);
    expect(total).toBeLessThan(2_400);
    for (const bearing of Object.values(BEARING)) expect(midClay(bearing).triangles).toBeLessThan(400);
    expect([farClay().triangles, farthestClay().triangles]).toEqual([88, 24]);
  });
});
