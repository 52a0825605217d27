/**
 * How long a newcomer waits on a slow line and a slow processor: `cargo xtask bench arrival` runs this and shows its lines.
 *
 * No test: it asserts no time. Must not know how the numbers are shown.
 */
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { until } from "./visit.mjs";

/** A usual laptop window. */
const WINDOW = { width: 1280, height: 720 };
/** A line and a processor, as the browser's developer tools slow them: bits a second each way, milliseconds there and back, times. */
const LINES = {
  "as it is": undefined,
  "4 Mbit/s, 80 ms, 4 x slower": { bits_per_s: 4_000_000, latency_ms: 80, slower: 4 },
};
/** Rounds on each line. */
const ROUNDS = Number(process.env.THEXR_ROUNDS ?? 3);

const ends = [];
const scope = { after: (end) => ends.unshift(end) };
try {
  const server = await startServer({ test: scope });
  const browser = await launchBrowser(scope);
  for (const [line, slowed] of Object.entries(LINES)) {
    for (let round = 0; round < ROUNDS; round += 1) await measure(server, browser, line, slowed);
  }
} finally {
  for (const end of ends) await end();
}

/** One newcomer: from the landing page through the first door, and once more with what the browser kept. */
async function measure(server, browser, line, slowed) {
  const { page, context, complaints } = await newVisitor(browser, { viewport: WINDOW, swift: true });
  await page.addInitScript(watch);
  await page.goto(server.url);
  const tools = await context.newCDPSession(page);
  if (slowed) await slow(tools, slowed);
  await page.getByRole("link", { name: /step into welcome/i }).first().click();
  const first = await arrived(page);
  await page.goto(`${server.url}/rooms`);
  await page.goto(first.url);
  const again = await arrived(page);
  for (const [visit, facts] of Object.entries({ first, again })) console.log(`arrival ${JSON.stringify({ line, visit, ...facts })}`);
  for (const complaint of complaints) console.error(complaint);
  await context.close();
}

async function slow(tools, { bits_per_s, latency_ms, slower }) {
  const bytes_per_s = bits_per_s / 8;
  const shape = { offline: false, latency: latency_ms, downloadThroughput: bytes_per_s, uploadThroughput: bytes_per_s };
  await tools.send("Network.enable");
  await tools.send("Network.emulateNetworkConditions", shape);
  await tools.send("Emulation.setCPUThrottlingRate", { rate: slower });
}

async function arrived(page) {
  await until(page, "walking", () => window.arrival?.walking_ms !== undefined);
  return await page.evaluate(() => {
    const bytes = performance.getEntriesByType("resource").reduce((sum, { transferSize }) => sum + transferSize, 0);
    return { ...window.arrival, kilobytes: Math.round(bytes / 1_000), url: location.href };
  });
}

/** In the page: goes in as soon as the lobby lets it, then walks; milliseconds since the page was asked for. */
function watch() {
  if (!location.pathname.startsWith("/rooms/")) return;
  const marks = (window.arrival = {});
  let from;
  const look = () => {
    const enter = [...document.querySelectorAll("[role=dialog] button")].find((button) => button.textContent.trim() === "Enter");
    if (enter && marks.lobby_ms === undefined) {
      marks.lobby_ms = Math.round(performance.now());
      enter.click();
    }
    const { thexr } = window;
    if (thexr && thexr.scene.entityCount > 0 && marks.room_ms === undefined) marks.room_ms = Math.round(performance.now());
    const phase = thexr?.app.visit.phase$.value;
    if (phase?.kind === "inside" && phase.mode === "enter") {
      marks.inside_ms ??= Math.round(performance.now());
      const [x, , z] = thexr.scene.cameraPosition();
      if (from === undefined) {
        from = [x, z];
        window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyW", key: "w", bubbles: true }));
      } else if (Math.hypot(x - from[0], z - from[1]) > 0.02) {
        marks.walking_ms = Math.round(performance.now());
        window.dispatchEvent(new KeyboardEvent("keyup", { code: "KeyW", key: "w", bubbles: true }));
        return;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
