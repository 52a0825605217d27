import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/*
 * A second reading of docs/protocol.md, rule 4, written from the document alone: it must agree with the golden
 * vectors that the Rust codec writes.
 */
interface Vectors {
  readonly records: readonly {
    readonly name: string;
    readonly cell: readonly number[];
    readonly sample: { readonly slot: number; readonly age_ms: number; readonly jumped: boolean };
    readonly pose: { readonly head: readonly number[]; readonly left?: readonly number[]; readonly right?: readonly number[] };
    readonly record: string;
  }[];
  readonly frame_down: { readonly tick: number; readonly ack: number; readonly slots: readonly number[]; readonly bytes: string };
}

const vectors = JSON.parse(readFileSync("../docs/vectors/wire.json", "utf8")) as Vectors;
const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

function bitReader(bytes: Uint8Array) {
  let at = 0;
  return (width: number) => {
    let value = 0;
    for (let bit = 0; bit < width; bit++, at++) value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
}

function rotation(read: (width: number) => number): number[] {
  const largest = read(2);
  const parts = [read(11), read(11), read(11)].map((part) => ((part / 2047) * 2 - 1) / Math.SQRT2);
  const rest = Math.sqrt(Math.max(0, 1 - parts.reduce((sum, part) => sum + part * part, 0)));
  parts.splice(largest, 0, rest);
  return parts;
}

function decode(hex: string, cell: readonly number[]) {
  const read = bitReader(bytesOf(hex));
  const [slot, age_ms, flags] = [read(16), read(6) * 4, read(6)];
  const point = [16, 15, 16].map((width, axis) => (read(width) / 2 ** width) * 64 + (cell[axis] ?? 0) * 64);
  const head = [...point, ...rotation(read)];
  const hand = () => [...point.map((metres) => (read(10) / 1024) * 2.56 - 1.28 + metres), ...rotation(read)];
  const [left, right] = [hand(), hand()];
  return { slot, age_ms, flags, head, left, right };
}

function expectPlace(place: readonly number[], expected: readonly number[], metres: number) {
  const sign = place.slice(3).reduce((dot, part, index) => dot + part * (expected[3 + index] ?? 0), 0) < 0 ? -1 : 1;
  place.forEach((part, index) => {
    const tolerance = index < 3 ? metres : 0.001;
    expect(Math.abs(part * (index < 3 ? 1 : sign) - (expected[index] ?? 0))).toBeLessThan(tolerance);
  });
}

describe("the golden vectors", () => {
  test.each(vectors.records)("the record '$name' decodes as the document says", ({ cell, sample, pose, record }) => {
    const read = decode(record, cell);
    expect([read.slot, read.age_ms]).toEqual([sample.slot, sample.age_ms]);
    expect((read.flags & 8) !== 0).toBe(sample.jumped);
    expectPlace(read.head, pose.head, 0.002);
    expect((read.flags & 1) !== 0).toBe(pose.left !== undefined);
    if (pose.left) expectPlace(read.left, pose.left, 0.005);
    if (pose.right) expectPlace(read.right, pose.right, 0.005);
  });

  test("a frame down has its header and one group for each cell", () => {
    const { bytes, tick, ack, slots } = vectors.frame_down;
    const frame = bytesOf(bytes);
    const view = new DataView(frame.buffer);
    expect([view.getUint8(0), view.getUint32(4, true), view.getUint16(12, true)]).toEqual([1, tick, ack]);
    const seen: number[] = [];
    for (let at = 16; at < frame.length; ) {
      const count = view.getUint8(at + 1);
      for (let record = 0; record < count; record++) seen.push(view.getUint16(at + 8 + record * 40, false));
      at += 8 + count * 40;
    }
    expect(seen).toEqual(slots);
  });
});
