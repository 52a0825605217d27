import { expect, test } from "vitest";
import { Carriage, PROBE_EVERY_MS, type Todo } from "./carriage";

interface Way {
  /** Round trip, milliseconds; undefined for a probe that is lost. */
  readonly rtt: (number: number) => number | undefined;
  readonly socket_ms?: number;
  readonly direct?: boolean;
}

/** A line over which time passes; what it asked, and when, milliseconds. */
function line() {
  const carriage = new Carriage();
  const asked: [number, boolean][] = [];
  const answers: { at_ms: number; number: number }[] = [];
  let now_ms = 0;
  let probes = 0;
  const take = (todo: Todo, way: Way) => {
    if (todo.ask !== undefined) asked.push([now_ms, todo.ask]);
    if (todo.probe === undefined) return;
    probes += 1;
    const rtt = way.rtt(todo.probe);
    if (rtt !== undefined) answers.push({ at_ms: now_ms + rtt, number: todo.probe });
  };
  const go = (seconds: number, way: Way) => {
    const until_ms = now_ms + 1_000 * seconds;
    while (now_ms < until_ms) {
      now_ms += PROBE_EVERY_MS;
      for (const answer of answers.splice(0)) {
        if (answer.at_ms <= now_ms) carriage.answered(answer.number, answer.at_ms);
        else answers.push(answer);
      }
      take(carriage.step(now_ms, way.socket_ms ?? 50, way.direct ?? true), way);
    }
  };
  return { carriage, asked, go, now: () => now_ms, probes: () => probes, told: (granted: boolean) => carriage.told(granted, now_ms) };
}

const GOOD: Way = { rtt: () => 50 };

test("a line that is as good as the socket carries motion after some four seconds", () => {
  const { carriage, asked, go, told } = line();
  go(10, GOOD);
  expect(asked).toEqual([]);
  carriage.opened();
  go(5, GOOD);
  expect(asked.map(([, on]) => on)).toEqual([true]);
  expect(carriage.carries).toBe(false);
  told(true);
  expect(carriage.carries).toBe(true);
  go(600, GOOD);
  expect(asked.length).toBe(1);
});

test("one that loses little is good, one that loses much, is slower or no datagrams is not, and is never taken", () => {
  const little = line();
  little.carriage.opened();
  little.go(6, { rtt: (number) => (number % 12 === 0 ? undefined : 60) });
  expect(little.asked.length).toBe(1);
  const bad: readonly Way[] = [{ rtt: (number) => (number % 3 === 0 ? undefined : 50) }, { rtt: () => 90 }, { ...GOOD, direct: false }, { rtt: () => undefined }];
  for (const way of bad) {
    const { carriage, asked, go, probes } = line();
    carriage.opened();
    go(600, way);
    expect(asked).toEqual([]);
    expect(probes()).toBeLessThan(600 * 2.5);
  }
});

test("a line that goes silent is left within a second and a half, and taken again once it has been good for a while", () => {
  const { carriage, asked, go, told, now } = line();
  carriage.opened();
  go(5, GOOD);
  told(true);
  go(30, GOOD);
  const silent_ms = now();
  go(3, { rtt: () => undefined });
  const [left_ms, on] = asked.at(-1) ?? [0, true];
  expect(on).toBe(false);
  expect(left_ms - silent_ms).toBeLessThanOrEqual(1_500);
  expect(carriage.carries).toBe(false);
  told(true);
  go(20, GOOD);
  expect(asked.at(-1)?.[1]).toBe(true);
});

test("a page that is busy for a moment does not leave its line", () => {
  const { carriage, asked, go, told } = line();
  carriage.opened();
  go(5, GOOD);
  told(true);
  go(20, { rtt: (number) => (number % 20 < 2 ? 700 : 50) });
  expect(asked.length).toBe(1);
});

test("one that loses ever more is left", () => {
  const { carriage, asked, go, told } = line();
  carriage.opened();
  go(5, GOOD);
  told(true);
  go(20, { rtt: (number) => (number % 5 === 0 ? undefined : 50) });
  expect(asked.map(([, on]) => on)).toEqual([true, false]);
});

test("a refusal is taken, and asked for again later", () => {
  const { carriage, asked, go, told } = line();
  carriage.opened();
  go(5, GOOD);
  told(false);
  expect(carriage.carries).toBe(false);
  go(9, GOOD);
  expect(asked.length).toBe(1);
  go(8, GOOD);
  expect(asked.length).toBe(2);
});

test("a line that closes carries nothing, and a new one begins from the start", () => {
  const { carriage, asked, go, told } = line();
  carriage.opened();
  go(5, GOOD);
  told(true);
  carriage.closed();
  expect(carriage.carries).toBe(false);
  go(60, GOOD);
  expect(asked.length).toBe(1);
  carriage.opened();
  go(5, GOOD);
  expect(asked.length).toBe(2);
});

test("how long a line has been silent is known within a second, at rest too, and a page that was busy is no silence", () => {
  for (const carried of [true, false]) {
    const { carriage, go, told, now } = line();
    carriage.opened();
    go(6, GOOD);
    told(carried);
    go(5, GOOD);
    expect(carriage.silent_ms(now())).toBe(0);
    go(2, { rtt: () => undefined });
    expect(carriage.silent_ms(now())).toBeGreaterThan(1_400);
    go(1, GOOD);
    expect(carriage.silent_ms(now())).toBe(0);
  }
});

test("a few lost in a hundred are no reason to leave a line, however they fall", () => {
  const { carriage, asked, go, told } = line();
  carriage.opened();
  go(5, GOOD);
  told(true);
  // Two of three, and then for long none.
  go(300, { rtt: (number) => (number % 40 < 3 && number % 40 !== 1 ? undefined : 50) });
  expect(asked.length).toBe(1);
});

test("only what has lost next to nothing is known to be gone when it falls silent", () => {
  for (const [every, steady] of [[20, true], [6, false]] as const) {
    const { carriage, go, now } = line();
    carriage.opened();
    go(20, { rtt: (number) => (number % every === 0 ? undefined : 50) });
    go(2, { rtt: () => undefined });
    expect(carriage.isSteady(now())).toBe(steady);
  }
});
