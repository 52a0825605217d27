/**
 * A few real Colyseus clients among the crowd: how old is a movement when the library hands it over?
 *
 * Each walks like the others, but its x is the time at which it moved, so that every witness can tell the age of the
 * other witnesses' movements without a field more in the state. All witnesses live in this process and share its
 * clock. Prints one JSON report on stdout. Usage: node witness.mjs URL COUNT SECONDS
 */
import { Client, getStateCallbacks } from "@colyseus/sdk";

const MOVE_MS = 50;
/** Ages before this are those of the join. */
const SETTLE_MS = 1000;
/** How often an unknown player among the witnesses is looked for. */
const LOOK_MS = 200;

const [url, count, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Whole milliseconds of this process: exact as a 32-bit float for four hours. */
const now = () => Math.round(performance.now());

const rooms = [];
for (let number = 0; number < count; number++) {
  rooms.push(await new Client(url).joinOrCreate("crowd"));
}
const witnesses = new Set(rooms.map((room) => room.sessionId));
const ages = [];
let measuring = false;

/** Takes the age of every movement of another witness. */
function listen(room) {
  const $ = getStateCallbacks(room);
  $(room.state).players.onAdd((player, id) => {
    if (!witnesses.has(id) || id === room.sessionId) return;
    $(player).listen("x", (sampled) => measuring && ages.push(now() - sampled));
  });
}

async function ready(room) {
  while (room.state?.players === undefined) await sleep(LOOK_MS);
}

for (const room of rooms) {
  await ready(room);
  listen(room);
  // Each at a time of its own between two patches.
  await sleep(MOVE_MS / count);
  let step = 0;
  setInterval(() => room.send("move", [now(), 0, (step++ % 100) / 10, 0]), MOVE_MS);
}
await sleep(SETTLE_MS);
measuring = true;
await sleep(seconds * 1000);
measuring = false;
ages.sort((a, b) => a - b);
const share = (part) => ages[Math.min(ages.length - 1, Math.ceil(ages.length * part) - 1)] ?? null;
const age_ms = { count: ages.length, p50: share(0.5), p95: share(0.95), p99: share(0.99), max: share(1) };
console.log(JSON.stringify({ witnesses: rooms.length, players: rooms[0]?.state.players.size, age_ms }));
process.exit(0);
