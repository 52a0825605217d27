import { expect, test } from "vitest";
import type { Microphone } from "../core/voice";
import type { Denial, Outcome } from "./capture";
import { Talking, WARM_MS } from "./talking";

function bench(denial?: Denial) {
  const told: Microphone[] = [];
  const device = { needed: false, asked: 0 };
  const timers: (readonly [number, () => void])[] = [];
  const grants: (() => void)[] = [];
  const outcome = (denial === undefined ? { ok: true } : { ok: false, denial }) as Outcome;
  const talking = new Talking({
    need: () => {
      device.needed = true;
      device.asked += 1;
      return new Promise((resolve) => grants.push(() => resolve(outcome)));
    },
    drop: () => void (device.needed = false),
    after: (ms, work) => {
      const timer = [ms, work] as const;
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
    told: (state) => void told.push(state),
  });
  talking.setAllowed(true);
  const grant = async (): Promise<void> => {
    grants.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { talking, told, device, timers, grant };
}

test("it is off until it is wished for, then asked for, then on; the next press closes the device", async () => {
  const { talking, told, device, grant } = bench();
  expect([talking.state, device.asked]).toEqual(["off", 0]);
  talking.press();
  await grant();
  talking.press();
  expect(told).toEqual(["asking", "on", "off"]);
  expect(device.needed).toBe(false);
});

test("a press while the browser still asks takes the wish back", async () => {
  const { talking, told, grant } = bench();
  talking.press();
  talking.press();
  await grant();
  expect(told).toEqual(["asking", "off"]);
});

test("a refusal says what kind it is, and one may wish again", async () => {
  const { talking, told, device, grant } = bench("denied");
  talking.press();
  await grant();
  talking.press();
  expect(told).toEqual(["asking", "denied", "asking"]);
  expect(device.asked).toBe(2);
});

test("who is muted by a moderator is not heard, cannot change that, and is not on the air when it ends", async () => {
  const { talking, told, device, grant } = bench();
  talking.press();
  await grant();
  talking.setMuted(true);
  expect([talking.state, device.needed]).toEqual(["muted", false]);
  talking.press();
  talking.hold(true);
  talking.setMuted(false);
  expect(told).toEqual(["asking", "on", "muted", "off"]);
});

test("only who has an avatar here speaks, and leaving closes the microphone", async () => {
  const { talking, told, device, grant } = bench();
  talking.setAllowed(false);
  talking.press();
  expect(told).toEqual([]);
  talking.setAllowed(true);
  talking.press();
  await grant();
  talking.setAllowed(false);
  expect([told.at(-1), device.needed]).toEqual(["off", false]);
});

test("who holds a key is heard while they do; the device stays a moment longer", async () => {
  const { talking, told, device, timers, grant } = bench();
  talking.hold(true);
  await grant();
  talking.hold(false);
  expect([told, device.needed]).toEqual([["asking", "on", "off"], true]);
  talking.hold(true);
  expect(timers).toHaveLength(0);
  await grant();
  talking.hold(false);
  expect(timers.map(([ms]) => ms)).toEqual([WARM_MS]);
  timers[0]?.[1]();
  expect(device.needed).toBe(false);
});

test("a key that was let go of before the browser answered sends nothing", async () => {
  const { talking, told, grant } = bench();
  talking.hold(true);
  talking.hold(false);
  await grant();
  expect(told).toEqual(["asking", "off"]);
});

test("a device that goes while one speaks is missed", async () => {
  const { talking, told, grant } = bench();
  talking.press();
  await grant();
  talking.lost();
  expect(told.at(-1)).toBe("missing");
  talking.press();
  expect(told.at(-1)).toBe("asking");
});
