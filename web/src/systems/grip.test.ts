import { BehaviorSubject } from "rxjs";
import { expect, test } from "vitest";
import type { Reply } from "../core/commands";
import { Holding } from "../core/holding";
import type { JsonObject } from "../core/json";
import { type MovementRules, USUAL_RULES } from "../core/movement_rules";
import type { Wishes } from "../core/wishes";
import { Solids } from "../scene/solids";
import { Grip } from "./grip";
import { Sockets } from "./sockets";
import { placeAt, testThings } from "./testing/things";

const SPAN = { least_m: 0, most_m: 3 };
const OK: Reply = { ok: true, response: {} };
const HAND = placeAt(0, 1, 0);

/** A hand in a room with a ball that flies and a vase that does not; commands wait for their answers. */
function scene(simulates = false) {
  const components = {
    ball: { body: { motion: "dynamic" } },
    feather: { body: { motion: "dynamic", gravityFactor: 0.5 } },
    vase: { holdable: {} },
    stand: { socket: { offset: { position: [0, 0.5, 0] } } },
  };
  const things = testThings(components, simulates);
  const sockets = new Sockets();
  const wished: [string, JsonObject][] = [];
  const answers: ((reply: Reply) => void)[] = [];
  const wishes = {
    command: (name: string, payload: JsonObject) => {
      wished.push([name, payload]);
      return new Promise<Reply>((resolve) => answers.push(resolve));
    },
  } as unknown as Wishes;
  const holding = new Holding(wishes);
  const rules$ = new BehaviorSubject<MovementRules>(USUAL_RULES);
  const grip = new Grip(things.core, things.replica, holding, "right", { solids: new Solids(), hasPlain: false }, { rules$ }, sockets);
  /** Takes a thing and carries it for 200 ms, upwards metres per second; the time is 200 after. */
  const carry = (id: string, speed: number): void => {
    things.put(id, [0, 1, 0]);
    grip.take(id, "right", HAND, SPAN, 0);
    for (let at_ms = 0; at_ms <= 200; at_ms += 10) {
      things.put(id, [0, 1 + (speed * at_ms) / 1_000, 0]);
      grip.goOn(at_ms);
    }
    things.shown.length = wished.length = 0;
  };
  /** The stand, whose socket is half a metre above it, is so high. */
  const learnSockets = (height: number): void => {
    things.put("stand", [0, height, 0]);
    sockets.follow([{ index: 3, mask: 1, record: things.replica.record(3), fresh: true }]);
  };
  /** Answers what was asked, or the first so many. */
  const answer = (reply: Reply = OK, count = answers.length): Promise<void> => {
    for (const resolve of answers.splice(0, count)) resolve(reply);
    return new Promise((resolve) => setTimeout(resolve));
  };
  return { ...things, grip, holding, wished, carry, answer, rules$, learnSockets };
}

test("what flies and is let go of in a swing is thrown as it was seen to move", () => {
  const { grip, wished, carry } = scene();
  carry("ball", 4);
  grip.letGo(200);
  const [name, payload] = wished[0] ?? [];
  expect([name, payload?.["entity"], payload?.["spin"]]).toEqual(["release", "ball", [0, 0, 0]]);
  expect(payload?.["velocity"]).toEqual([0, expect.closeTo(4, 2), 0]);
  expect(payload?.["position"]).toEqual([0, expect.closeTo(1.8, 3), 0]);
});

test("what is put down at a socket goes into it, and what is thrown past it flies on", async () => {
  for (const [id, speed, name, height] of [["vase", 0, "insert", 0.7], ["ball", 4, "release", 1.3]] as const) {
    const { grip, wished, carry, shown, answer, learnSockets } = scene();
    learnSockets(height);
    carry(id, speed);
    expect(grip.socket).toBe(3);
    grip.letGo(200);
    expect(wished.map(([what]) => what)).toEqual([name]);
    if (name !== "insert") continue;
    expect(wished[0]?.[1]).toEqual({ entity: "vase", socket: "stand" });
    expect(shown.at(-1)).toEqual(["placed", "vase", [0, expect.closeTo(1.2, 3), 0, 0, 0, 0, 1]]);
    await answer(OK);
    expect(shown.at(-1)).toEqual(["told", "vase"]);
    expect(grip.socket).toBe(-1);
  }
});

test("what does not fly, hardly moves or is put down is thrown nowhere", () => {
  const cases = [
    ["vase", 4, false],
    ["ball", 0.2, false],
    ["ball", 4, true],
  ] as const;
  for (const [id, speed, quietly] of cases) {
    const { grip, wished, carry } = scene();
    carry(id, speed);
    if (quietly) grip.putDown(200);
    else grip.letGo(200);
    expect(Object.keys(wished[0]?.[1] ?? {})).toEqual(["entity", "position", "rotation"]);
  }
});

test("a throw may be said instead of seen", () => {
  const { grip, wished, carry } = scene();
  carry("ball", 0);
  grip.letGo(200, { velocity: [0, 1, 5], spin: [0, 2, 0] });
  expect(wished[0]?.[1]).toMatchObject({ velocity: [0, 1, 5], spin: [0, 2, 0] });
});

test("who was put elsewhere has not swung what came along", () => {
  const { grip, wished, carry } = scene();
  carry("ball", 4);
  grip.carried();
  grip.letGo(200);
  expect(wished[0]?.[1]).not.toHaveProperty("velocity");
});

test("what is thrown is shown flying until the room answers, yes or no, and then as the room has it", async () => {
  for (const reply of [OK, { ok: false, reason: "not_held", detail: "" }] as const) {
    const { grip, shown, carry, answer } = scene();
    carry("ball", 4);
    grip.letGo(200);
    grip.goOn(300);
    expect(shown.at(-1)?.[2]?.[1]).toBeCloseTo(1.8 + 0.4 - 9.81 * 0.005, 2);
    await answer(reply);
    expect(shown.at(-1)).toEqual(["told", "ball"]);
    const told = shown.length;
    grip.goOn(400);
    expect(shown.length).toBe(told);
  }
});

test("what is thrown falls with its share of the room's gravity, as that is then", () => {
  const cases = [
    ["ball", -1.62, -1.62],
    ["ball", 3, 3],
    ["feather", -1.62, -0.81],
  ] as const;
  for (const [id, gravity_m_s2, falls_m_s2] of cases) {
    const { grip, shown, carry, rules$ } = scene();
    rules$.next({ ...USUAL_RULES, gravity_m_s2 });
    carry(id, 4);
    grip.letGo(200);
    grip.goOn(700);
    expect(shown.at(-1)?.[2]?.[1]).toBeCloseTo(1.8 + 2 + falls_m_s2 * 0.125, 2);
  }
});

test("what is put down is shown where it was let go of until the room answers", async () => {
  const { grip, shown, carry, answer } = scene();
  carry("vase", 4);
  grip.letGo(200);
  grip.goOn(300);
  expect(shown.map(([how, , place]) => [how, place?.[1]])).toEqual([["placed", expect.closeTo(1.8, 3)]]);
  await answer();
  expect(shown.at(-1)).toEqual(["told", "vase"]);
});

test("what was let go of is not in the hand any more, though the room has not said so", async () => {
  const { grip, holding, wished, carry, answer } = scene();
  holding.learn({ holding: { right: "ball" } });
  carry("ball", 4);
  expect(grip.thing).toBe("ball");
  grip.letGo(200);
  grip.letGo(210);
  expect([grip.thing, wished.length]).toEqual([undefined, 1]);
  await answer({ ok: false, reason: "frozen", detail: "" });
  expect(grip.thing).toBe("ball");
});

test("what is caught again before the room has answered stays in the hand", async () => {
  const { grip, holding, shown, wished, carry, answer } = scene();
  holding.learn({ holding: { right: "ball" } });
  carry("ball", 4);
  await answer();
  grip.letGo(200);
  grip.take("ball", "right", HAND, SPAN, 320);
  expect(wished.map(([name]) => name)).toEqual(["release", "grab"]);
  await answer(OK, 1);
  grip.goOn(330);
  expect(shown.at(-1)).toEqual(["held", "ball"]);
  expect(grip.thing).toBe("ball");
});

test("what flies is simulated here where that can be, and shown otherwise only when the room refuses", async () => {
  const refused: Reply = { ok: false, reason: "not_held", detail: "" };
  for (const [reply, told] of [
    [OK, []],
    [refused, [["told", "ball"]]],
  ] as const) {
    const { grip, shown, wished, carry, answer } = scene(true);
    carry("ball", 4);
    grip.letGo(200);
    grip.goOn(300);
    expect(shown).toEqual([["thrown", "ball", expect.anything()]]);
    expect(wished[0]?.[0]).toBe("release");
    shown.length = 0;
    await answer(reply);
    expect(shown).toEqual(told);
  }
});

test("what does not fly is put down as ever", async () => {
  const { grip, shown, carry } = scene(true);
  carry("vase", 0);
  grip.letGo(200);
  expect(shown.map(([how]) => how)).toEqual(["placed"]);
});
