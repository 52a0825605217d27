import { describe, expect, it } from "vitest";
import { LINGER_MS, MURMUR_MS, Rest, STALE_MS, LastSeen } from "./rest";

/** Times of the pictures that are drawn at sixty frames a second, milliseconds. */
function drawn(rest: Rest, from_ms: number, to_ms: number): number[] {
  const times: number[] = [];
  for (let now_ms = from_ms; now_ms < to_ms; now_ms += 16) if (rest.draws(now_ms)) times.push(now_ms);
  return times;
}

describe("a picture that is at rest", () => {
  it("is drawn at first, lingers, and then twice a second", () => {
    const rest = new Rest(MURMUR_MS.card);
    expect(drawn(rest, 0, LINGER_MS)).toHaveLength(Math.ceil(LINGER_MS / 16));
    const later = drawn(rest, 10_000, 20_000);
    expect(later.length).toBeGreaterThanOrEqual(10_000 / (STALE_MS + 16) - 1);
    expect(later.length).toBeLessThanOrEqual(10_000 / STALE_MS + 1);
  });

  it("is drawn at once when something stirs, and until it has come to its end", () => {
    const rest = new Rest(MURMUR_MS.card);
    drawn(rest, 0, 10_000);
    rest.stir();
    const times = drawn(rest, 10_000, 10_000 + LINGER_MS);
    expect(times).toHaveLength(Math.ceil(LINGER_MS / 16));
  });
});

it("where only somebody breathes pictures are drawn now and then, and no longer once they are gone", () => {
  const rest = new Rest(MURMUR_MS.card);
  let drawn = 0;
  const frames = (from_ms: number, murmurs: boolean) => {
    drawn = 0;
    for (let ms = from_ms; ms < from_ms + 1_000; ms += 10) {
      if (murmurs) rest.murmur();
      if (rest.draws(ms)) drawn += 1;
    }
    return drawn;
  };
  frames(0, false);
  expect(frames(2_000, true)).toBe(1_000 / MURMUR_MS.card);
  expect(frames(3_000, false)).toBeLessThan(4);
});

describe("numbers that were seen", () => {
  it("differ when one does, or when there are more or fewer", () => {
    const seen = new LastSeen();
    expect(seen.differs(Float32Array.of(1, 2))).toBe(true);
    expect(seen.differs(Float32Array.of(1, 2))).toBe(false);
    expect(seen.differs(Float32Array.of(1, 3))).toBe(true);
    expect(seen.differs(Float32Array.of(1, 3, 0))).toBe(true);
    expect(seen.differs(Float32Array.of(1))).toBe(true);
    expect(seen.differs(Float32Array.of())).toBe(true);
    expect(seen.differs(Float32Array.of())).toBe(false);
  });

  it("are the same when only the column differs that does not count", () => {
    const seen = new LastSeen();
    seen.differs(Float32Array.of(1, 10, 2, 20), 2, 1);
    expect(seen.differs(Float32Array.of(1, 11, 2, 21), 2, 1)).toBe(false);
    expect(seen.differs(Float32Array.of(1, 11, 3, 21), 2, 1)).toBe(true);
  });
});
