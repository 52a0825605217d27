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

const FLAGS = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // WebGL on the processor: the documented way to have it without a GPU.
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];

/** Messages about the machine's graphics, not about us. */
const NOISE = [/GPU stall due to ReadPixels/];

/** Starts a browser; with a test's context it ends with the test. */
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
 * @param {{headset?: boolean, viewport?: {width: number, height: number}}} options
 *   with `headset` the page has an emulated Meta Quest 3 as `window.headset` before its own code runs.
 * @returns the page, its context, and `complaints`: everything the page logged as an error or threw.
 */
export async function newVisitor(browser, { headset = false, viewport = VIEWPORT } = {}) {
  const context = await browser.newContext({ viewport, permissions: ["microphone"] });
  if (headset) await addHeadset(context);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !NOISE.some((noise) => noise.test(text))) complaints.push(text);
  });
  return { context, page, complaints };
}

async function addHeadset(context) {
  await context.addInitScript({ path: headsetScript });
  await context.addInitScript(() => {
    const device = new globalThis.IWER.XRDevice(globalThis.IWER.metaQuest3, { stereoEnabled: false });
    device.installRuntime({ forceInstall: true });
    globalThis.headset = device;
  });
}
