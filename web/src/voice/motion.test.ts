import { expect, test } from "vitest";
import { type Reply, refused } from "../core/commands";
import { PROBE_EVERY_MS } from "./carriage";
import type { Peer } from "./line";
import { MotionAtWork } from "./motion";

const GRANTED: Reply = { ok: true, response: {} };

/** A line that answers, or is silent, and a room that grants, or does not. */
function bench() {
  const now = { ms: 0 };
  const way = { answers: true, bytes: 0, grows: true, reply: GRANTED, socket_ms: 20 as number | undefined };
  const asked: boolean[] = [];
  const sent: number[] = [];
  const probes: number[] = [];
  const ended = { count: 0 };
  let carried: ((frame: Uint8Array) => void) | undefined;
  const newPeer = () =>
    ({
      probe: (number: number) => void probes.push(number),
      move: (frame: Uint8Array) => void sent.push(frame.length),
      stats: async () => new Map([["pair", { type: "candidate-pair", id: "pair", nominated: true, state: "succeeded", bytesReceived: way.bytes }]]),
    }) as unknown as Peer;
  const line = { peer: newPeer() as Peer | undefined, broken: () => void (ended.count += 1) };
  const motion = new MotionAtWork(
    {
      now: () => now.ms,
      socket_ms: () => way.socket_ms,
      direct: () => true,
      ask: async (_name, { on }) => {
        asked.push(on === true);
        return way.reply;
      },
      carry: (send) => (carried = send),
    },
    line,
  );
  const pass = async (seconds: number): Promise<void> => {
    for (let step = 0; step < (1_000 * seconds) / PROBE_EVERY_MS; step += 1) {
      now.ms += PROBE_EVERY_MS;
      if (way.grows) way.bytes += 100;
      motion.step();
      for (const number of probes.splice(0)) if (way.answers) motion.answered(number);
      await new Promise<void>((resolve) => setTimeout(resolve));
    }
  };
  const move = () => carried?.(new Uint8Array(58));
  return { motion, line, way, asked, sent, ended, pass, move, newPeer };
}

test("what one does goes by datagrams once the room has agreed, and at once no longer when they stop coming through", async () => {
  const { motion, way, asked, sent, pass, move } = bench();
  motion.opened();
  await pass(5);
  expect(asked).toEqual([true]);
  move();
  way.answers = false;
  await pass(1.5);
  move();
  expect([asked, sent]).toEqual([[true, false], [58]]);
});

test("a room that does not agree, and a channel that closes, leave it to the socket", async () => {
  const one = bench();
  one.way.reply = refused("motion_full");
  one.motion.opened();
  await one.pass(5);
  one.move();
  expect([one.asked, one.sent]).toEqual([[true], []]);
  const other = bench();
  other.motion.opened();
  await other.pass(5);
  other.motion.closed();
  other.move();
  expect([other.asked, other.sent]).toEqual([[true], []]);
});

test("what the room agreed to for an earlier line carries nothing on the next", async () => {
  const { motion, line, asked, sent, pass, move, newPeer, way } = bench();
  motion.opened();
  await pass(4);
  let agree: (reply: Reply) => void = () => undefined;
  way.reply = new Promise<Reply>((resolve) => (agree = resolve)) as unknown as Reply;
  await pass(1);
  expect(asked).toEqual([true]);
  motion.closed();
  line.peer = newPeer();
  agree(GRANTED);
  await pass(0.5);
  move();
  expect(sent).toEqual([]);
});

test("a line on which nothing comes is made anew within two seconds, two and a half where it carries no motion; one on which other things come, or that has no socket beside it, is not", async () => {
  for (const carried of [true, false]) {
    const { motion, way, ended, pass } = bench();
    if (!carried) way.reply = refused("motion_full");
    motion.opened();
    await pass(10);
    [way.answers, way.grows] = [false, false];
    await pass(carried ? 2 : 2.5);
    expect(ended.count).toBeGreaterThan(0);
  }
  const { motion, way, ended, pass } = bench();
  motion.opened();
  await pass(6);
  way.answers = false;
  await pass(10);
  [way.grows, way.socket_ms] = [false, undefined];
  await pass(10);
  expect(ended.count).toBe(0);
});

test("a line that has just been made anew is given its time to connect", async () => {
  const { motion, line, way, ended, pass, newPeer } = bench();
  line.broken = () => {
    ended.count += 1;
    motion.closed();
    line.peer = newPeer();
  };
  motion.opened();
  await pass(10);
  [way.answers, way.grows] = [false, false];
  await pass(20);
  expect(ended.count).toBe(1);
});
