/**
 * A line of datagrams between pages and a server that loses and delays some, and can die without a word, as when a phone leaves its network.
 *
 * Must not know what travels on it. What is lost is told by dice that fall alike each time.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";

const HOST = "127.0.0.1";

/**
 * @param {number} server_port where the server waits for datagrams
 * @param {{after: (end: () => void) => void}} test the line ends with it
 * @param {{loss?: number, delay_ms?: number, seed?: number}} manner share that is lost and milliseconds that the rest waits, each way
 * @returns its `port`; `set(manner)`: from now on it loses and delays so; `die()`: nothing comes through any more; `revive()`: whoever
 *   began since it died, or begins now, comes through, whoever was there before does not; `passed()`: how many datagrams came and were lost.
 */
export async function udpLineTo(server_port, test, manner = {}) {
  let { loss = 0, delay_ms = 0 } = manner;
  const dice = diceOf(manner.seed ?? 1);
  const counts = { came: 0, lost: 0 };
  const ends = new Map();
  let alive = true;
  const listener = createSocket("udp4");
  const pass = (end, send) => {
    if (!alive || end.dead) return;
    counts.came += 1;
    if (dice() < loss) counts.lost += 1;
    else if (delay_ms === 0) send();
    else setTimeout(() => alive && !end.dead && send(), delay_ms);
  };
  const endOf = (from) => {
    const name = `${from.address}:${from.port}`;
    const known = ends.get(name);
    if (known !== undefined) return known;
    const socket = createSocket("udp4");
    const end = { socket, dead: false };
    socket.on("message", (bytes) => pass(end, () => listener.send(bytes, from.port, from.address, ignore)));
    // A server that is away says so; datagrams do not mind.
    socket.on("error", ignore);
    ends.set(name, end);
    return end;
  };
  listener.on("message", (bytes, from) => {
    const end = endOf(from);
    pass(end, () => end.socket.send(bytes, server_port, HOST, ignore));
  });
  listener.bind(0, HOST);
  await once(listener, "listening");
  const { port } = listener.address();
  test.after(() => {
    // What is still on its way goes nowhere.
    alive = false;
    for (const { socket } of ends.values()) socket.close();
    listener.close();
  });
  return {
    port,
    set: (wanted) => ({ loss, delay_ms } = { loss, delay_ms, ...wanted }),
    die: () => {
      alive = false;
      for (const end of ends.values()) end.dead = true;
    },
    revive: () => (alive = true),
    passed: () => ({ ...counts }),
  };
}

function ignore() {}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function diceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
