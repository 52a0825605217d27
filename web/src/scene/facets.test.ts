import { describe, expect, it } from "vitest";
import { type Facets, boxFacets, tubeFacets } from "./facets";

/** Every edge is shared by two triangles that go along it in opposite directions: nothing shows from inside. */
function isClosed({ positions, indices }: Facets): boolean {
  const place = (at: number) => [0, 1, 2].map((axis) => (positions[at * 3 + axis] ?? 0).toFixed(5)).join();
  const edges = new Map<string, number>();
  for (let at = 0; at < indices.length; at += 3) {
    for (let side = 0; side < 3; side += 1) {
      const [from, to] = [place(indices[at + side] ?? 0), place(indices[at + ((side + 1) % 3)] ?? 0)];
      edges.set(`${from} ${to}`, (edges.get(`${from} ${to}`) ?? 0) + 1);
      edges.set(`${to} ${from}`, (edges.get(`${to} ${from}`) ?? 0) - 1);
    }
  }
  return [...edges.values()].every((count) => count === 0);
}

const extent = ({ positions }: Facets, axis: number) =>
  Math.max(...positions.filter((_, at) => at % 3 === axis).map(Math.abs));

describe("forms without sharp edges", () => {
  it("a box of bevels is closed and costs 44 triangles", () => {
    const box = boxFacets();
    expect(box.positions.length / 3).toBe(24);
    expect(box.indices.length / 3).toBe(44);
    expect(isClosed(box)).toBe(true);
  });

  it("a box without bevels is closed, as large, and costs 12 triangles", () => {
    const box = boxFacets(0);
    expect(box.positions.length / 3).toBe(24);
    expect(box.indices.length / 3).toBe(12);
    expect(isClosed(box)).toBe(true);
    for (const axis of [0, 1, 2]) expect(extent(box, axis)).toBe(0.5);
  });

  it("tubes, cones and cones upside down are closed and as large as they say", () => {
    for (const [top, bottom] of [[0.5, 0.5], [0, 0.5], [0.5, 0], [0.2, 0.5]] as const) {
      const tube = tubeFacets(top, bottom, 24);
      expect(isClosed(tube)).toBe(true);
      expect(extent(tube, 1)).toBeCloseTo(0.5);
      expect(extent(tube, 0)).toBeGreaterThan(0.47);
      expect(extent(tube, 0)).toBeLessThanOrEqual(0.5);
    }
  });

  it("a narrow chamfer leaves more of the lid, and the tube closed", () => {
    const lid = ({ positions }: Facets) => Math.max(...positions.filter((_, at) => at % 3 === 0 && positions[at + 1] === 0.5).map(Math.abs));
    const [usual, narrow] = [tubeFacets(0.5, 0.5, 24), tubeFacets(0.5, 0.5, 24, 0.002)];
    expect(isClosed(narrow)).toBe(true);
    expect(lid(narrow)).toBeCloseTo(0.498);
    expect(lid(usual)).toBeLessThan(lid(narrow));
  });

  it("normals are as long as one", () => {
    for (const { normals } of [boxFacets(), tubeFacets(0, 0.5, 12)]) {
      for (let at = 0; at < normals.length; at += 3) {
        expect(Math.hypot(normals[at] ?? 0, normals[at + 1] ?? 0, normals[at + 2] ?? 0)).toBeCloseTo(1);
      }
    }
  });
});
