import { expect, test } from "vitest";
import { Thinning } from "./thinning";

/** A line on which 50 packets come a second, of which a share is lost. */
function line() {
  const thinning = new Thinning();
  const now = { ms: 0, received: 0, lost: 0 };
  const asked: number[] = [];
  const go = (seconds: number, share: number, per_s = 50): void => {
    for (let second = 0; second < seconds; second += 1) {
      now.ms += 1_000;
      now.lost += per_s * share;
      now.received += per_s * (1 - share);
      if (thinning.see(now.ms, now.received, now.lost)) asked.push(thinning.slots);
    }
  };
  return { thinning, asked, go };
}

test("a good line takes all voices and asks for nothing", () => {
  const { thinning, asked, go } = line();
  go(60, 0.02);
  expect([thinning.slots, asked]).toEqual([8, []]);
});

test("a bad one takes half as many, then half of that, and no fewer", () => {
  const { asked, go } = line();
  go(4, 0.2);
  expect(asked).toEqual([4]);
  go(20, 0.2);
  expect(asked).toEqual([4, 2]);
});

test("one bad second is no bad line", () => {
  const { asked, go } = line();
  go(5, 0);
  go(1, 0.25);
  go(5, 0);
  expect(asked).toEqual([]);
});

test("once it has been good for ten seconds it takes more again, step by step", () => {
  const { asked, go } = line();
  go(8, 0.3);
  expect(asked).toEqual([4, 2]);
  go(9, 0);
  expect(asked).toEqual([4, 2]);
  go(14, 0);
  expect(asked).toEqual([4, 2, 4, 8]);
});

test("while hardly anything comes nothing can be said of the line", () => {
  const { asked, go } = line();
  go(12, 0.5, 4);
  expect(asked).toEqual([]);
});
