/** A large room: how long a newcomer looks at nothing. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { WebSocket, phoenix } from "../support/packages.mjs";
import { startServer } from "../support/server.mjs";
import { contented, makeRoom, until } from "./visit.mjs";

const ENTITIES = 10_000;
/** Ops of one transaction, as the room limits them. */
const OPS_MAX = 2_000;
const SMALL = { width: 320, height: 240 };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("a room of 10,000 entities shows its first picture with all of them", async (t) => {
  const room = await makeRoom(server, "Warehouse");
  await furnish(room, ENTITIES);
  const visitor = await newVisitor(browser, { test: t, viewport: SMALL, swift: true });
  const { page } = visitor;
  await page.goto(room.url);
  const first_frame_ms = await until(page, "the first picture", (wanted) => {
    if ((window.thexr?.scene.entityCount ?? 0) < wanted) return false;
    return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(performance.now()))));
  }, ENTITIES);
  t.diagnostic(`first_frame_ms=${Math.round(first_frame_ms)} entities=${ENTITIES} viewport=${SMALL.width}x${SMALL.height}`);
  assert.equal(await page.evaluate(() => window.thexr.core.state()), "live");
  contented(visitor);
});

/** Fills a room with boxes on a grid, over the same socket that every client has. */
async function furnish(room, count) {
  const socket = new phoenix.Socket(server.socketUrl, { transport: WebSocket, params: { token: room.token } });
  socket.connect();
  const channel = socket.channel(`room:${room.id}`, { mode: "enter", nickname: "Furnisher" });
  await settled(channel.join());
  for (let from = 0; from < count; from += OPS_MAX) {
    const ops = Array.from({ length: Math.min(OPS_MAX, count - from) }, (_, index) => boxAt(from + index));
    await settled(channel.push("transact", { ops }));
  }
  await settled(channel.leave());
  socket.disconnect();
}

function boxAt(number) {
  const COLUMNS = 100;
  const colors = ["#E76F51", "#2A9D8F", "#E9C46A", "#264653", "#F4A261"];
  const [column, row] = [number % COLUMNS, Math.floor(number / COLUMNS)];
  const components = {
    shape: { kind: "box", width: 0.5, height: 0.5, depth: 0.5 },
    color: colors[number % colors.length],
    position: [column - COLUMNS / 2, 0.25, row - COLUMNS / 2],
  };
  return { op: "create", entity: `b${String(number).padStart(6, "0")}`, components };
}

function settled(push) {
  return new Promise((resolve, reject) => {
    push.receive("ok", resolve);
    push.receive("error", (reply) => reject(new Error(JSON.stringify(reply))));
    push.receive("timeout", () => reject(new Error("no answer")));
  });
}
