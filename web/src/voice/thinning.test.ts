import { expect, test } from "vitest";
import { PICTURES, Thinning } from "./thinning";

/** A line on which 50 packets come a second, of which a share is lost. */
function line() {
  const thinning = new Thinning();
  const now = { ms: 0, received: 0, lost: 0 };
  const asked: string[] = [];
  const go = (seconds: number, share: number, per_s = 50): void => {
    for (let second = 0; second < seconds; second += 1) {
      now.ms += 1_000;
      now.lost += per_s * share;
      now.received += per_s * (1 - share);
      if (thinning.see(now.ms, now.received, now.lost)) asked.push(`${thinning.asked.slots}${thinning.asked.redundant ? " twice" : ""}`);
    }
  };
  return { thinning, asked, go };
}

test("a good line takes all voices and asks for nothing", () => {
  const { thinning, asked, go } = line();
  go(60, 0.01);
  expect([thinning.asked.slots, asked]).toEqual([8, []]);
});

test("one that loses more than one in fifty takes half as many, each packet twice; one that loses very much half of that, and no fewer", () => {
  const { asked, go } = line();
  go(4, 0.1);
  expect(asked).toEqual(["4 twice"]);
  go(60, 0.1);
  expect(asked).toEqual(["4 twice"]);
  go(20, 0.3);
  expect(asked).toEqual(["4 twice", "2 twice"]);
});

test("one bad moment is no bad line", () => {
  const { asked, go } = line();
  go(5, 0);
  go(1, 0.04);
  go(5, 0);
  expect(asked).toEqual([]);
});

test("once it has been good for ten seconds it takes more again, step by step", () => {
  const { asked, go } = line();
  go(8, 0.3);
  expect(asked).toEqual(["4 twice", "2 twice"]);
  go(9, 0);
  expect(asked).toEqual(["4 twice", "2 twice"]);
  go(14, 0);
  expect(asked).toEqual(["4 twice", "2 twice", "4 twice", "8"]);
});

test("it does not go to and fro on a line that always loses the same", () => {
  for (const share of [0.04, 0.15, 0.25, 0.6]) {
    const { asked, go } = line();
    go(300, share);
    expect(asked.length).toBeLessThanOrEqual(2);
  }
});

test("while hardly anything comes nothing can be said of the line", () => {
  const { asked, go } = line();
  go(12, 0.5, 4);
  expect(asked).toEqual([]);
});

test("pictures, which are sent again where they are lost, bear more", () => {
  const thinning = new Thinning(PICTURES);
  const lose = (share: number, from_s: number) => {
    for (let second = from_s; second < from_s + 8; second += 1) thinning.see(1_000 * second, 100 * second * (1 - share), 100 * second * share);
    return thinning.full;
  };
  expect([lose(0.08, 1), lose(0.2, 20)]).toEqual([true, false]);
});
