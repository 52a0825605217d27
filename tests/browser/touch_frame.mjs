/**
 * What a picture costs somebody who walks through a wall of boxes and simulates them: `cargo xtask bench touch-frame` runs this and
 * shows its lines.
 *
 * No test: it asserts no time. Must not know how the numbers are shown.
 */
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { enter, makeRoom, openLobby, stand, until } from "./visit.mjs";

/** Boxes of the wall, one room for each number. */
const WALLS = (process.env.THEXR_WALLS ?? "16,64,200").split(",").map(Number);
const WINDOW = { width: 320, height: 240 };
const EDGE_M = 0.3;
/** How long the boxes fall and roll at most, milliseconds. */
const MEASURE_MS = 4_000;

const ends = [];
const scope = { after: (end) => ends.unshift(end) };
try {
  const server = await startServer({ test: scope });
  const browser = await launchBrowser(scope);
  for (const count of WALLS) await measure(server, browser, count);
} finally {
  for (const end of ends) await end();
}

async function measure(server, browser, count) {
  const room = await makeRoom(server, `Wall of ${count}`);
  const { page, context, complaints } = await newVisitor(browser, { viewport: WINDOW, swift: true });
  await openLobby(page, room);
  await enter(page, "Mason");
  await stand(page, { x: 0, z: -1 });
  await page.evaluate(build, { count, edge: EDGE_M });
  await until(page, "the wall", (wanted) => window.thexr.core.has_bodies() && window.thexr.scene.entityCount >= wanted, count);
  await until(page, "the simulation", () => window.thexr.scene.predicts);
  await page.evaluate(watch);
  await page.evaluate(later, 3_000);
  await page.keyboard.down("w");
  await page.evaluate(later, MEASURE_MS);
  await page.keyboard.up("w");
  const facts = await page.evaluate(() => window.measured());
  console.log(`touch_frame ${JSON.stringify({ boxes: count, ...facts })}`);
  for (const complaint of complaints) console.error(complaint);
  await context.close();
}

/** In the page: builds a wall eight boxes wide. */
async function build({ count, edge }) {
  const op = (n) => {
    const position = [((n % 8) - 3.5) * (edge + 0.005), (Math.floor(n / 8) + 0.5) * edge, 1];
    const components = { shape: { kind: "box", size: edge }, position, body: "dynamic" };
    return { op: "create", entity: `brick${String(n).padStart(3, "0")}`, components };
  };
  const ops = Array.from({ length: count }, (_, n) => op(n));
  const reply = await window.thexr.app.wishes.command("transact", { ops });
  if (!reply.ok) throw new Error(JSON.stringify(reply));
}

/** In the page: notes what the core's orders, the simulation and its report cost in every picture in which something moves. */
function watch() {
  const STEP_ORDER = 5;
  const { core } = window.thexr;
  const [orders, report] = [core.orders.bind(core), core.report.bind(core)];
  const costs = [];
  let before = 0;
  let ordered = 0;
  let steps = 0;
  core.orders = (now_ms) => {
    before = performance.now();
    const bytes = orders(now_ms);
    ordered = performance.now();
    // The last order is how many steps there are to do: its number and theirs, a byte each.
    steps = bytes?.at(-2) === STEP_ORDER ? bytes.at(-1) : 0;
    return bytes;
  };
  core.report = (bytes, now_ms) => {
    const ran = performance.now();
    report(bytes, now_ms);
    const done = performance.now();
    // A report of more than one body's bytes: something moves.
    if (bytes.length > 60) costs.push({ all: done - before, run: ran - ordered, steps, bodies: Math.round(bytes.length / 58) });
  };
  window.measured = () => {
    const share = (numbers, part) => numbers.sort((a, b) => a - b)[Math.floor(part * (numbers.length - 1))] ?? 0;
    const spread = (of) => ({ p50_ms: share(costs.map(of), 0.5), p95_ms: share(costs.map(of), 0.95) });
    const single = costs.filter(({ steps }) => steps === 1).map(({ all }) => all);
    return {
      pictures: costs.length,
      steps: costs.reduce((sum, { steps }) => sum + steps, 0) / costs.length,
      single: { pictures: single.length, p50_ms: share(single, 0.5), p95_ms: share(single, 0.95) },
      most: Math.max(0, ...costs.map(({ bodies }) => bodies)),
      all: spread(({ all }) => all),
      run: spread(({ run }) => run),
    };
  };
}

/** In the page: time passes. */
function later(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
