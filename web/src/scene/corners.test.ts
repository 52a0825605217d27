import { describe, expect, it } from "vitest";
import { cornersOf, facesDistance, facesOf } from "./corners";

const BOX = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => [x, y, z])));

describe("corners", () => {
  it("are those of a hull or a skin, and of nothing else", () => {
    expect(cornersOf(true)).toBeUndefined();
    expect(cornersOf({ shape: "box", points: BOX })).toBeUndefined();
    expect(cornersOf({ shape: "convex", points: [] })).toBeUndefined();
    expect(cornersOf({ shape: "convex", points: BOX })?.points).toHaveLength(24);
    const skin = cornersOf({ shape: "trimesh", points: BOX, triangles: [[0, 1, 2], [0, 1, 9]], offset: [0, 2, 0] });
    expect(skin?.triangles).toEqual(new Uint16Array([0, 1, 2]));
    expect(skin?.points[1]).toBe(1);
  });

  it("of a box are a box, however it is stretched", () => {
    const corners = cornersOf({ shape: "convex", points: BOX });
    if (corners === undefined) throw new Error("they are read");
    const faces = facesOf(corners, [2, 1, 0.5]);
    expect(facesDistance(faces, 3, 0, 0)).toBeCloseTo(1);
    expect(facesDistance(faces, 0, -1.25, 0)).toBeCloseTo(0.25);
    expect(facesDistance(faces, 0, 0, 0)).toBeCloseTo(-0.5);
    expect(faces.reach).toBeCloseTo(Math.hypot(2, 1, 0.5));
  });

  it("never say that a point is farther from a hull than it is", () => {
    const wedge = [[-1, 0, -1], [1, 0, -1], [-1, 0, 1], [1, 0, 1], [-1, 1, 0], [1, 1, 0]];
    const corners = cornersOf({ shape: "convex", points: wedge });
    if (corners === undefined) throw new Error("they are read");
    const faces = facesOf(corners, [1, 1, 1]);
    for (const [x, y, z] of wedge) {
      for (const [dx, dy, dz] of [[0.3, 0.2, 0.1], [-0.5, 0, 0.4], [0, 0.7, 0]] as const) {
        const apart = Math.hypot(dx, dy, dz);
        expect(facesDistance(faces, (x ?? 0) + dx, (y ?? 0) + dy, (z ?? 0) + dz)).toBeLessThanOrEqual(apart + 1e-6);
      }
    }
  });

  it("of a skin are hit from both sides, and there is nothing behind it", () => {
    const wall = { shape: "trimesh", points: [[0, 0, 0], [2, 0, 0], [0, 2, 0], [2, 2, 0]], triangles: [[0, 1, 2], [1, 3, 2]] };
    const corners = cornersOf(wall);
    if (corners === undefined) throw new Error("they are read");
    const faces = facesOf(corners, [1, 1, 1]);
    for (const z of [-1, 1]) expect(facesDistance(faces, 1.5, 1.5, z)).toBeCloseTo(0.99);
    expect(facesDistance(faces, 3, 1, 0)).toBeCloseTo(0.99);
    expect(facesDistance(faces, -1, -1, 0)).toBeCloseTo(Math.SQRT2 - 0.01);
    expect(facesDistance(faces, 0.2, 0.2, 0)).toBeCloseTo(-0.01);
  });
});
