import { describe, expect, it } from "vitest";
import { EDGES, MARGIN_M, edgeBeams } from "./edges";
import { compose } from "./matrix";

const THICKNESS = 0.01;

function beams(scale: readonly [number, number, number], half: readonly [number, number, number]) {
  const matrix = new Float32Array(16);
  compose(matrix, 0, [1, 2, 3], [0, 0, 0, 1], scale);
  const out = new Float32Array(EDGES * 16);
  edgeBeams(out, matrix, 0, half, THICKNESS);
  return Array.from({ length: EDGES }, (_, edge) => {
    const at = edge * 16;
    const part = (offset: number) => out[at + offset] ?? Number.NaN;
    return { size: [part(0), part(5), part(10)] as const, place: [part(12), part(13), part(14)] as const };
  });
}

describe("the frame around a thing", () => {
  it("has four beams along each axis, each at another place", () => {
    const made = beams([1, 1, 1], [1, 2, 3]);
    for (const axis of [0, 1, 2] as const) {
      const along = made.filter(({ size }) => size[axis] > 1);
      expect(along.length).toBe(4);
      expect(new Set(along.map(({ place }) => place.join())).size).toBe(4);
    }
  });

  it("runs outside of the thing, with the thing's scale but a thickness of its own", () => {
    const made = beams([2, 1, 1], [0.5, 0.5, 0.5]);
    const reach = 1 + MARGIN_M + THICKNESS / 2;
    for (const { size, place } of made.filter((beam) => beam.size[1] > 0.5)) {
      expect(size[0]).toBeCloseTo(THICKNESS);
      expect(Math.abs(place[0] - 1)).toBeCloseTo(reach);
      expect(place[1]).toBeCloseTo(2);
    }
  });

  it("a flat thing gets a flat frame", () => {
    for (const { place } of beams([1, 1, 1], [1, 0, 1])) expect(Math.abs(place[1] - 2)).toBeLessThan(0.03);
  });
});
