/** Someone on a phone: the lobby fits, everything is behind one button, thumbs walk and look. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { eventually, startServer } from "../support/server.mjs";
import { chat, contented, inside, makeRoom, openLobby, place, seesPeople, until } from "./visit.mjs";

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("on a phone the lobby fits either way up, one button opens everything, the chat fills the screen, and thumbs walk and look", async (t) => {
  const room = await makeRoom(server, "Pocket");
  const phone = await newVisitor(browser, { test: t, phone: true });
  const { page } = phone;
  await openLobby(page, room);
  const upright = page.viewportSize();
  const sideways = { width: upright.height, height: upright.width };
  for (const screen of [sideways, upright]) {
    await page.setViewportSize(screen);
    for (const name of ["Enter", "Observe", "Copy link"]) {
      await fits(page.getByRole("button", { name, exact: true }), screen);
    }
    await until(page, "nothing wider than the screen", (width) => document.documentElement.scrollWidth === width, screen.width);
  }
  await page.getByLabel("Your name").fill("Ada");
  await page.getByRole("button", { name: "Enter", exact: true }).tap();
  await inside(page);
  await seesPeople(page, ["Ada"]);

  const bar = page.getByRole("navigation", { name: "Room" });
  assert.equal(await bar.getByRole("button").count(), 2, "the microphone and one button instead of the bar");
  await bar.getByRole("button", { name: "Menu" }).tap();
  await page.getByRole("navigation", { name: "Menu" }).getByRole("button", { name: "Chat" }).tap();
  const sheet = page.getByRole("dialog", { name: "Chat" });
  await sheet.waitFor();
  await until(page, "the sheet over the whole screen", ({ width, height }) => {
    const box = document.querySelector("[role=dialog]").getBoundingClientRect();
    return box.x === 0 && box.y === 0 && box.width === width && box.height === height;
  }, upright);
  await sheet.getByLabel("Write to everyone here").fill("Typed with thumbs");
  await sheet.getByRole("button", { name: "Send" }).tap();
  await until(page, "what was typed", () => window.thexr.app.chat.chat$.value.length > 0);
  await sheet.getByRole("log").getByText("Typed with thumbs").waitFor();
  assert.deepEqual(await chat(page), [["Ada", "Typed with thumbs"]]);
  await sheet.getByRole("button", { name: "Close" }).tap();
  await sheet.waitFor({ state: "detached" });

  const thumbs = await touchScreen(phone.context, page);
  const from = await place(page);
  await thumbs.press({ x: 90, y: 600 });
  await thumbs.move({ x: 90, y: 500 });
  await until(page, "two metres walked", (start) => {
    const [x, , z] = window.thexr.scene.cameraPosition();
    return Math.hypot(x - start[0], z - start[2]) > 2;
  }, from);
  await thumbs.lift();
  await until(page, "the stick let go", () => window.thexr.app.touch.move_y === 0);
  const yaw = await page.evaluate(() => window.thexr.app.viewer.yaw);
  await thumbs.press({ x: 250, y: 500 });
  for (let x = 260; x <= 360; x += 10) await thumbs.move({ x, y: 500 });
  await until(page, "turned to the right", (before) => window.thexr.app.viewer.yaw > before + 0.1, yaw);
  await thumbs.lift();
  contented(phone);
});

/** Waits until something is whole on the screen and large enough for a finger. */
async function fits(locator, screen) {
  const FINGER_PX = 40;
  const whole = async () => {
    const { x, y, width, height } = await locator.boundingBox();
    return x >= 0 && y >= 0 && x + width <= screen.width && y + height <= screen.height && height >= FINGER_PX;
  };
  await eventually(`${locator} fits ${screen.width} x ${screen.height}`, whole);
}

/** One finger, as the browser itself would report it. */
async function touchScreen(context, page) {
  const devtools = await context.newCDPSession(page);
  const touch = (type, touchPoints) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
  return {
    press: (at) => touch("touchStart", [at]),
    move: (at) => touch("touchMove", [at]),
    lift: () => touch("touchEnd", []),
  };
}
