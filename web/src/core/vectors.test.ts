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
    readonly sample: {
      readonly slot: number;
      readonly age_ms: number;
      readonly jumped: boolean;
      readonly speaking: boolean;
      readonly holding: boolean;
    };
    readonly pose: {
      readonly head: readonly number[];
      readonly left?: readonly number[];
      readonly right?: readonly number[];
      readonly fingers?: { readonly left: readonly number[]; readonly right: readonly number[] };
    };
    readonly a: string;
    readonly b: string;
    readonly c: string;
    readonly d: string;
    readonly e: { readonly cell: readonly number[]; readonly height: number; readonly record: string };
  }[];
  readonly frame_down: {
    readonly tick: number;
    readonly ack: number;
    readonly slots: readonly number[];
    readonly sections: readonly number[];
    readonly bytes: string;
    readonly parts_of: number;
    readonly parts: readonly string[];
  };
  readonly frame_up: { readonly seq: number; readonly ack_tick: number; readonly sample_ms: number; readonly bytes: string };
  readonly hand: {
    readonly slot: number;
    readonly age_ms: number;
    readonly right: boolean;
    readonly points: readonly (readonly number[])[];
    readonly bytes: string;
  };
  readonly bodies: {
    readonly section: string;
    readonly told: readonly {
      readonly tier: number;
      readonly slot: number;
      readonly rests: boolean;
      readonly jumped: boolean;
      readonly claimed: boolean;
      readonly held: boolean;
      readonly age_ms: number;
      readonly place: readonly number[];
    }[];
  };
  readonly claims: { readonly section: string; readonly behind_ms: number; readonly bodies: readonly unknown[] };
  readonly ack_up: { readonly ack_tick: number; readonly bytes: string };
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

function rotation(read: (width: number) => number, width: number): number[] {
  const largest = read(2);
  const steps = 2 ** width - 1;
  const parts = [read(width), read(width), read(width)].map((part) => ((part / steps) * 2 - 1) / Math.SQRT2);
  const rest = Math.sqrt(Math.max(0, 1 - parts.reduce((sum, part) => sum + part * part, 0)));
  parts.splice(largest, 0, rest);
  return parts;
}

function point(read: (width: number) => number, widths: readonly number[], cell: readonly number[]): number[] {
  return widths.map((width, axis) => (read(width) / 2 ** width) * 64 + (cell[axis] ?? 0) * 64);
}

/** Tiers A and B. */
function decode(hex: string, cell: readonly number[], widths: readonly number[], turn: number, hand: number, hand_turn: number) {
  const read = bitReader(bytesOf(hex));
  const [slot, age_ms, flags] = [read(16), read(6) * 4, read(6)];
  const place = point(read, widths, cell);
  const head = [...place, ...rotation(read, turn)];
  const reach = () => [
    ...place.map((metres) => (read(hand) / 2 ** hand) * 2.56 - 1.28 + metres),
    ...rotation(read, hand_turn),
  ];
  const [left, right] = [reach(), reach()];
  return { slot, age_ms, flags, head, left, right, read };
}

/** A header, then sections of kind, length, content. */
function sectionsOf(frame: Uint8Array, header_bytes: number) {
  const view = new DataView(frame.buffer);
  const sections: { readonly kind: number; readonly content: Uint8Array<ArrayBuffer> }[] = [];
  for (let at = header_bytes; at < frame.length; ) {
    const length = view.getUint16(at + 1, true);
    sections.push({ kind: view.getUint8(at), content: frame.slice(at + 3, at + 3 + length) });
    at += 3 + length;
  }
  return sections;
}

/** Slots of the groups of people. */
function slotsOf(people: Uint8Array<ArrayBuffer>): number[] {
  const view = new DataView(people.buffer);
  const slots: number[] = [];
  for (let at = 0; at < people.length; ) {
    const [tier, count] = [view.getUint8(at), view.getUint8(at + 1)];
    const record_bytes = [40, 24, 14, 7, 3][tier] ?? 0;
    at += tier === 4 ? 9 : 8;
    for (let record = 0; record < count; record++, at += record_bytes) slots.push(view.getUint16(at, false));
  }
  return slots;
}

/** Yaw of a rotation, radians. */
function yawOf([, , , x = 0, y = 0, z = 0, w = 1]: readonly number[]): number {
  return Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y));
}

function expectTurn(turns: number, expected: number, tolerance: number) {
  const off = Math.abs(turns * Math.PI * 2 - expected) % (Math.PI * 2);
  expect(Math.min(off, Math.PI * 2 - off)).toBeLessThan(tolerance);
}

function expectPlace(place: readonly number[], expected: readonly number[], metres: number, turn: number) {
  const sign = place.slice(3).reduce((dot, part, index) => dot + part * (expected[3 + index] ?? 0), 0) < 0 ? -1 : 1;
  place.forEach((part, index) => {
    const tolerance = index < 3 ? metres : turn;
    expect(Math.abs(part * (index < 3 ? 1 : sign) - (expected[index] ?? 0))).toBeLessThan(tolerance);
  });
}

describe("the golden vectors", () => {
  test.each(vectors.records)("'$name' decodes from tiers A and B as the document says", ({ cell, sample, pose, a, b }) => {
    const tiers = [
      { read: decode(a, cell, [16, 15, 16], 11, 10, 11), head_m: 0.002, hand_m: 0.005, head_turn: 0.001, hand_turn: 0.001 },
      { read: decode(b, cell, [14, 13, 14], 9, 8, 7), head_m: 0.009, hand_m: 0.018, head_turn: 0.003, hand_turn: 0.018 },
    ];
    for (const { read, head_m, hand_m, head_turn, hand_turn } of tiers) {
      expect([read.slot, read.age_ms]).toEqual([sample.slot, sample.age_ms]);
      expect([8, 16, 32].map((bit) => (read.flags & bit) !== 0)).toEqual([sample.jumped, sample.speaking, sample.holding]);
      expectPlace(read.head, pose.head, head_m, head_turn);
      expect((read.flags & 1) !== 0).toBe(pose.left !== undefined);
      if (pose.left) expectPlace(read.left, pose.left, hand_m, hand_turn);
      if (pose.right) expectPlace(read.right, pose.right, hand_m, hand_turn);
    }
  });

  test.each(vectors.records)("'$name' decodes from tiers C, D and E as the document says", ({ cell, sample, pose, c, d, e }) => {
    const near = (metres: readonly number[], expected: readonly number[], tolerance: number) =>
      metres.forEach((each, axis) => expect(Math.abs(each - (expected[axis] ?? 0))).toBeLessThan(tolerance));
    const read_c = bitReader(bytesOf(c));
    expect(read_c(16)).toBe(sample.slot);
    expect([read_c(1), read_c(1), read_c(1), read_c(1)].map(Boolean)).toEqual([
      pose.left !== undefined,
      pose.right !== undefined,
      sample.jumped,
      sample.speaking,
    ]);
    const head = point(read_c, [12, 11, 12], cell);
    near(head, pose.head, 0.032);
    expectTurn(read_c(8) / 256, yawOf(pose.head), 0.014);
    expectTurn(read_c(7) / 256 - 0.25, 0, 0.026);
    const reach = () => head.map((metres) => (read_c(7) / 128) * 2.56 - 1.28 + metres);
    const [left, right] = [reach(), reach()];
    if (pose.left) near(left, pose.left, 0.06);
    if (pose.right) near(right, pose.right, 0.06);

    const read_d = bitReader(bytesOf(d));
    expect([read_d(16), read_d(1)]).toEqual([sample.slot, Number(sample.jumped)]);
    near(point(read_d, [11, 10, 11], cell), pose.head, 0.063);
    expectTurn(read_d(7) / 128, yawOf(pose.head), 0.026);

    const read_e = bitReader(bytesOf(e.record));
    expect(read_e(16)).toBe(sample.slot);
    const [x = 0, y = 0, z = 0] = e.cell.map((axis) => axis * 8);
    const steps = [read_e(4), read_e(4)].map((step) => (step + 0.5) / 2);
    near([x + (steps[0] ?? 0), y + (e.height / 256) * 8, z + (steps[1] ?? 0)], pose.head, 0.27);
  });

  test.each(vectors.records)("the fingers of '$name' are eleven numbers a hand", ({ cell, pose, a }) => {
    const { flags, read } = decode(a, cell, [16, 15, 16], 11, 10, 11);
    expect((flags & 4) !== 0).toBe(pose.fingers !== undefined);
    const hand = () => [3, 3, 2, 4, 4, 4, 4, 4, 4, 4, 4].map((width) => read(width));
    const rest = Array.from({ length: 11 }, () => 0);
    expect([hand(), hand()]).toEqual([pose.fingers?.left ?? rest, pose.fingers?.right ?? rest]);
  });

  // Rule 4.13
  test("a hand is 25 joints of three times nine bits", () => {
    const { slot, age_ms, right, points, bytes } = vectors.hand;
    const read = bitReader(bytesOf(bytes));
    expect([read(16), read(6) * 4, read(1) === 1, read(1)]).toEqual([slot, age_ms, right, 0]);
    for (const metres of points.flat()) expect(Math.abs(read(9) / 1000 - 0.256 - metres)).toBeLessThan(0.000_51);
    expect([points.length, bytes.length / 2]).toEqual([25, 88]);
  });

  // Rule 4.2
  test("a frame down has its header and sections, with a group of people for each tier and cell", () => {
    const { bytes, tick, ack, slots, sections } = vectors.frame_down;
    const frame = bytesOf(bytes);
    const view = new DataView(frame.buffer);
    expect([view.getUint8(0), view.getUint32(4, true), view.getUint16(12, true)]).toEqual([1, tick, ack]);
    const found = sectionsOf(frame, 16);
    expect(found.map(({ kind }) => kind)).toEqual(sections);
    expect(found.flatMap(({ kind, content }) => (kind === 1 ? slotsOf(content) : []))).toEqual(slots);
  });

  // Rule 4.15
  test("its parts have its header each, and together its sections", () => {
    const { bytes, slots, parts, parts_of } = vectors.frame_down;
    const frames = parts.map(bytesOf);
    // The one with a section of an unknown kind is as long as that.
    expect(frames.every((part) => part.length <= parts_of && part.slice(0, 16).join() === bytesOf(bytes).slice(0, 16).join())).toBe(true);
    const people = frames.flatMap((part) => sectionsOf(part, 16)).filter(({ kind }) => kind === 1);
    expect(people.flatMap(({ content }) => slotsOf(content))).toEqual(slots);
  });

  // Rule 4.4
  test("a frame up has sections as one down has them", () => {
    const { bytes, seq, ack_tick, sample_ms } = vectors.frame_up;
    const frame = bytesOf(bytes);
    const view = new DataView(frame.buffer);
    const header = [view.getUint8(0), view.getUint16(2, true), view.getUint32(4, true), view.getUint32(8, true)];
    expect(header).toEqual([2, seq, ack_tick, sample_ms]);
    expect(sectionsOf(frame, 12).map(({ kind, content }) => [kind, content.length])).toEqual([
      [1, 48],
      [2, 88],
    ]);
  });

  // Rule 4.8
  test("an acknowledgement is a kind, flags and a tick", () => {
    const view = new DataView(bytesOf(vectors.ack_up.bytes).buffer);
    expect([view.byteLength, view.getUint8(0), view.getUint32(2, true)]).toEqual([6, 3, vectors.ack_up.ack_tick]);
  });
});

/** Reads a place to 1/1024 m and a rotation as its smallest three, as a list of about those numbers. */
function placeIn(cell: readonly number[], read: (bits: number) => number): unknown[] {
  const place = cell.map((axis) => (axis * 65_536 + read(16)) / 1_024);
  const largest = read(2);
  const parts = [read(12), read(12), read(12)].map((part) => (part - 2_047) / 2_047 / Math.SQRT2);
  parts.splice(largest, 0, Math.sqrt(Math.max(0, 1 - parts.reduce((sum, part) => sum + part * part, 0))));
  return [...place, ...parts].map((part): unknown => expect.closeTo(part, 5));
}

test("things that move are told by groups of a tier and a cell", () => {
  const section = bytesOf(vectors.bodies.section);
  const view = new DataView(section.buffer);
  const told: unknown[] = [];
  for (let at = 0; at < section.length; ) {
    const [tier, count] = [view.getUint8(at), view.getUint8(at + 1)];
    const cell = [2, 4, 6].map((from) => view.getInt16(at + from, true));
    at += 8;
    for (let record = 0; record < count; record++, at += 14) {
      const read = bitReader(section.slice(at, at + 14));
      const slot = read(16);
      const [rests, jumped, claimed, held] = [read(1) === 1, read(1) === 1, read(1) === 1, read(1) === 1];
      const age_ms = 4 * read(6);
      told.push({ tier, slot, rests, jumped, claimed, held, age_ms, cell, place: placeIn(cell, read) });
    }
  }
  expect(vectors.bodies.told).toEqual(told);
});

// Rule 4.17
test("what a client simulates is claimed by groups of a cell, with its speeds", () => {
  const section = bytesOf(vectors.claims.section);
  const view = new DataView(section.buffer);
  const bodies: unknown[] = [];
  for (let at = 1; at < section.length; ) {
    const cell = [0, 2, 4].map((from) => view.getInt16(at + from, true));
    const count = view.getUint8(at + 6);
    at += 7;
    for (let record = 0; record < count; record++, at += 23) {
      const read = bitReader(section.slice(at, at + 23));
      const [slot, rests] = [read(16), read(1) === 1];
      read(7);
      const place = placeIn(cell, read);
      const speed = () => expect.closeTo((((read(12) << 20) >> 20) / 2_047) * 32, 1);
      bodies.push({ slot, rests, place, velocity: [speed(), speed(), speed()], spin: [speed(), speed(), speed()] });
    }
  }
  expect([view.getUint8(0), vectors.claims.bodies]).toEqual([vectors.claims.behind_ms, bodies]);
});
