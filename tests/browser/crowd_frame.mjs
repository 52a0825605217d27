/**
 * What a picture costs among 10, 100 and 1000 people: `cargo xtask bench crowd-frame` runs this and shows its lines.
 *
 * No test: it asserts no time. Must not know how the numbers are shown.
 */
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { enter, makeRoom, openLobby } from "./visit.mjs";
import { walkers } from "./walkers.mjs";

/** Other people in the room, one room for each number. */
const CROWDS = (process.env.THEXR_CROWDS ?? "10,100,1000").split(",").map(Number);
/** Poses per second of each: as of people who walk about. */
const RATE_HZ = 20;
/** Small, so that a machine without a GPU is measured for our own work and not for its pixels. */
const WINDOW = { width: 320, height: 240 };
/** A thousand people need a while to come in, milliseconds. */
const ARRIVAL_MS = 180_000;
/** Frames are measured after levels of detail and the join have settled, milliseconds. */
const SETTLE_MS = 6_000;
/** How long frames are measured, milliseconds: the window of `FrameTimes`. */
const MEASURE_MS = 5_000;

const ends = [];
const scope = { after: (end) => ends.unshift(end) };
try {
  const server = await startServer({ test: scope });
  const browser = await launchBrowser(scope);
  for (const count of CROWDS) await measure(server, browser, count);
} finally {
  for (const end of ends) await end();
}

async function measure(server, browser, count) {
  const room = await makeRoom(server, `Crowd of ${count}`);
  const leave = await walkers(server, room, count, scope, RATE_HZ);
  const { page, context, complaints } = await newVisitor(browser, { viewport: WINDOW, swift: true });
  page.setDefaultTimeout(ARRIVAL_MS);
  await openLobby(page, room);
  await enter(page, "Watcher");
  await page.evaluate(() => window.thexr.scene.setCamera(0, 1.8, -22, 0, 0.06));
  const drawn = await arrived(page, count);
  await pause(page, SETTLE_MS + MEASURE_MS);
  const facts = await page.evaluate(() => window.thexr.scene.frame());
  const stats = await page.evaluate(() => JSON.parse(window.thexr.core.stats()));
  console.log(`crowd_frame ${JSON.stringify({ people: count, drawn, ...rounded(facts), pose_age_p95_ms: stats.pose_age_p95_ms })}`);
  for (const complaint of complaints) console.error(complaint);
  await context.close();
  await leave();
}

/** Waits until everyone is drawn; resolves to how many are, also when some never came. */
async function arrived(page, count) {
  const all = (wanted) => window.thexr.scene.avatarCount >= wanted;
  await page.waitForFunction(all, count, { polling: 200 }).catch(() => undefined);
  return await page.evaluate(() => window.thexr.scene.avatarCount);
}

/** Time passes in the page, where frames go on. */
async function pause(page, duration_ms) {
  await page.evaluate((ms) => new Promise((later) => setTimeout(later, ms)), duration_ms);
}

function rounded({ fps, systems, render, total, figures }) {
  const spread = ({ mean_ms, p95_ms }) => ({ mean_ms: round(mean_ms), p95_ms: round(p95_ms) });
  return { fps: round(fps), systems: spread(systems), render: spread(render), total: spread(total), figures };
}

function round(number) {
  return Math.round(number * 100) / 100;
}
