/** Building on a phone: the room above, a sheet below, thumbs that look, and a finger that drags. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { components, contented, enter, makeRoom, openLobby, until } from "./visit.mjs";

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("what is added is seen above the sheet, is dragged by a finger along the floor, and comes back after it was deleted", async (t) => {
  const room = await makeRoom(server, "Sandpit");
  const phone = await newVisitor(browser, { test: t, phone: true });
  const { page } = phone;
  await openLobby(page, room);
  await enter(page, "Ada");
  await page.getByRole("navigation", { name: "Room" }).getByRole("button", { name: "Menu" }).tap();
  await page.getByRole("navigation", { name: "Menu" }).getByRole("button", { name: "Build" }).tap();
  const sheet = page.getByRole("region", { name: "Build" });
  await sheet.getByRole("button", { name: "Add box" }).tap();
  const entity = await until(page, "the box selected", () => window.thexr.app.building.selection$.value?.entity);
  const middle = await until(page, "the box in the middle of the view above the sheet", middleOf, entity);

  const touch = await fingers(phone.context, page);
  const [x, , z] = (await components(page, entity)).position;
  // Beside the handles, which begin in its middle.
  const side = { x: middle.x - 16, y: middle.y + 16 };
  await touch.drag(side, { x: side.x + 60, y: side.y });
  // It is told ten times a second on its way: where it ends has not changed for several pictures.
  const moved = await until(page, "the box dragged", ({ id, x, z }) => {
    const { core, scene } = window.thexr;
    const { position } = JSON.parse(core.entity(core.index_of(id))).components;
    const [now, last] = [String(position), window.lastSeen];
    if (last?.now !== now) window.lastSeen = { now, frame: scene.frameCount };
    return Math.hypot(position[0] - x, position[2] - z) > 0.2 && scene.frameCount - window.lastSeen.frame > 12 && position;
  }, { id: entity, x, z });
  assert.deepEqual([0, 2].map((axis) => Math.abs(moved[axis] % 0.25)), [0, 0], "on the grid");

  const yaw = await page.evaluate(() => window.thexr.app.viewer.yaw);
  await touch.drag({ x: 300, y: 90 }, { x: 380, y: 90 });
  await until(page, "looked to the right while building", (before) => window.thexr.app.viewer.yaw > before + 0.1, yaw);

  await sheet.getByRole("button", { name: "Chat" }).tap();
  await page.getByRole("dialog", { name: "Chat" }).getByRole("button", { name: "Build" }).tap();
  await sheet.getByRole("button", { name: "Delete" }).tap();
  await until(page, "the box gone", (id) => window.thexr.core.index_of(id) < 0, entity);
  await page.getByRole("log", { name: "What just happened" }).getByRole("button", { name: "Undo" }).tap();
  await until(page, "the box back", (id) => window.thexr.core.index_of(id) >= 0, entity);
  assert.deepEqual((await components(page, entity)).position, moved);

  // The floor is not deleted by mistake.
  await page.evaluate(() => {
    const { building } = window.thexr.app;
    building.select(building.sites.things().find(({ components }) => components.floor !== undefined || components.name === "Floor").entity);
  });
  await sheet.getByRole("button", { name: "Delete" }).tap();
  await page.getByRole("dialog", { name: "Delete this?" }).getByRole("button", { name: "Keep it" }).tap();
  await until(page, "the floor kept", () => window.thexr.app.building.asked$.value === null && window.thexr.app.building.selection$.value !== null);
  contented(phone);
});

/** Where a thing is on the page, once it is near the middle of the view; false before. */
function middleOf(id) {
  const { app, core } = window.thexr;
  const view = document.querySelector("canvas").getBoundingClientRect();
  const at = core.index_of(id) * 16 + 12;
  if (at < 0) return false;
  const [x, y, z] = core.matrices().slice(at, at + 3);
  const { viewer } = app;
  const [dx, dy, dz] = [x - viewer.x, y - viewer.y - 1.8, z - viewer.z];
  const turn = Math.atan2(dx, dz) - viewer.yaw;
  const off = Math.atan2(-dy, Math.hypot(dx, dz)) - viewer.pitch;
  const px = view.height / 2 / Math.tan(1.05 / 2);
  const place = { x: view.width / 2 + Math.tan(turn) * px, y: view.height / 2 + Math.tan(off) * px };
  const seen = Math.abs(off) < 0.15 && Math.abs(turn) < 0.15;
  // The eyes have come to rest.
  const rests = globalThis.seen_at === viewer.pitch;
  globalThis.seen_at = viewer.pitch;
  return seen && rests && place;
}

/** A finger, as the browser itself would report it. */
async function fingers(context, page) {
  const STEPS = 8;
  const devtools = await context.newCDPSession(page);
  const touch = (type, touchPoints) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
  const picture = () => page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  return {
    drag: async (from, to) => {
      await touch("touchStart", [from]);
      await picture();
      for (let step = 1; step <= STEPS; step += 1) {
        await touch("touchMove", [{ x: from.x + ((to.x - from.x) * step) / STEPS, y: from.y + ((to.y - from.y) * step) / STEPS }]);
        await picture();
      }
      await touch("touchEnd", []);
    },
  };
}
