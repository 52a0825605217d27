/**
 * A real Chromium for a test, and people who visit with it.
 *
 * Must not know what the pages show.
 */
import { chromium, headsetScript } from "./packages.mjs";

/**
 * Without a GPU drawing costs most by far, and pages share two cores with the server: small pages stay fluent.
 */
const VIEWPORT = { width: 400, height: 300 };

/**
 * Real pixels of a CSS pixel. Drawn at half the resolution a picture costs a quarter, and nothing that a story asks is other.
 */
const PIXEL_RATIO = 0.5;

/**
 * Pictures a second at most. Without a GPU each costs tens of milliseconds of both cores, and with two or three pages open that is
 * most of what a story takes; people see those who move at 20 ticks a second.
 */
const PICTURES_PER_S = 20;

/** A phone held upright. */
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** How long a page may take for anything a test waits for: a busy machine without a GPU draws few frames a second. */
export const PATIENCE_MS = 30_000;

const FLAGS = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // WebGL on the processor: the documented way to have it without a GPU.
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  // Put together on the processor, too, as a browser does that finds no GPU: drawing a page as WebGL costs half as much again.
  "--disable-gpu-compositing",
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  // Voices find their way on a machine that has nothing but its loopback; harmless on others.
  "--allow-loopback-in-peer-connection",
];

/** Messages about the machine's graphics, not about us. */
const NOISE = [/GPU stall due to ReadPixels/];

/** Requests that a page gave up itself, by going on to another page. */
const GIVEN_UP = "net::ERR_ABORTED";

/** Starts a browser; with a test's context (or `{ after }` for a whole file) it ends with the test. */
export async function launchBrowser(test) {
  const executablePath = process.env.THEXR_CHROMIUM;
  if (!executablePath) throw new Error("THEXR_CHROMIUM names no browser: run these tests with `cargo xtask test`");
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  test?.after(() => browser.close());
  return browser;
}

/**
 * A person with cookies of their own (a context) and one page.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {{test?: import("node:test").TestContext, headset?: boolean, phone?: boolean, viewport?: {width: number,
 *   height: number}, excused?: RegExp[], swift?: boolean}} options
 *   with `test` the person goes when the test ends; with `headset` the page has an emulated Meta Quest 3 as
 *   `window.headset` before its own code runs; with `phone` it has a touch screen; complaints that match one of
 *   `excused` are the story's own doing; a `swift` one draws as often as the browser can, to be measured.
 * @returns the page, its context, and `complaints`: everything the page logged as an error, threw, was forbidden by
 *   its content security policy, or could not load.
 */
export async function newVisitor(browser, { test, headset = false, phone = false, viewport, excused = [], swift = false } = {}) {
  const shape = phone ? PHONE : { viewport: VIEWPORT };
  const context = await browser.newContext({ ...shape, ...(viewport && { viewport }), deviceScaleFactor: PIXEL_RATIO, permissions: ["microphone"] });
  test?.after(() => context.close());
  context.setDefaultTimeout(PATIENCE_MS);
  if (!swift) await context.addInitScript(drawSeldom, PICTURES_PER_S);
  if (headset) await addHeadset(context);
  const complaints = [];
  const visitor = {
    context,
    complaints,
    /** Another tab of the same person; its complaints are told with theirs. */
    newTab: async () => listen(await context.newPage(), complaints, [...NOISE, ...excused]),
  };
  return { ...visitor, page: await visitor.newTab() };
}

/** Has a page wait before each picture, so that it draws so many a second at most. */
function drawSeldom(per_s) {
  const draw = globalThis.requestAnimationFrame.bind(globalThis);
  const cancel = globalThis.cancelAnimationFrame.bind(globalThis);
  /** What a timer's handle has become. */
  const drawn = new Map();
  globalThis.requestAnimationFrame = (step) => {
    const picture = (time_ms) => (drawn.delete(handle), step(time_ms));
    const handle = setTimeout(() => drawn.set(handle, draw(picture)), 1_000 / per_s);
    return handle;
  };
  globalThis.cancelAnimationFrame = (handle) => {
    clearTimeout(handle);
    cancel(drawn.get(handle) ?? 0);
    drawn.delete(handle);
  };
}

/** Collects what a page complains about; a violated content security policy is one of the errors it logs. */
function listen(page, complaints, excused) {
  const complain = (text) => {
    if (!excused.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  page.on("pageerror", (error) => complain(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complain(`${message.text()} (${message.location().url})`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "failed";
    if (why !== GIVEN_UP) complain(`${request.url()}: ${why}`);
  });
  return page;
}

async function addHeadset(context) {
  await context.addInitScript({ path: headsetScript });
  await context.addInitScript(() => {
    const device = new globalThis.IWER.XRDevice(globalThis.IWER.metaQuest3, { stereoEnabled: false });
    device.installRuntime({ forceInstall: true });
    globalThis.headset = device;
  });
}
