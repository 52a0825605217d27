/** Moving with a headset: walking with a stick, turning in steps, teleporting, sitting down. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { framesGoOn, pointDown, pullTrigger, pushStick, wear } from "./headset.mjs";
import { addStool, contented, guest, makeRoom, place, seesAt, seesEntity, stand, until, userId } from "./visit.mjs";

/** Pictures this small are drawn often. */
const SMALL = { width: 320, height: 240 };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("a stick walks, a push turns by one step, and a teleport is seen as a jump", async (t) => {
  const room = await makeRoom(server, "Moving");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL, headset: true });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ada_id = await userId(ada.page);
  await stand(ada.page, { x: 0, z: -12 });
  await wear(ada.page);

  await pushStick(ada.page, "left", 0, 1);
  await until(ada.page, "walked a metre", () => window.thexr.scene.cameraPosition()[2] > -11);
  await pushStick(ada.page, "left", 0, 0);
  const walked = await atRest(ada.page);
  assert.ok(Math.abs(walked[0]) < 0.05, "straight ahead is where the head looks");
  await seesAt(ben.page, ada_id, walked);

  await pushStick(ada.page, "right", 1, 0);
  await framesGoOn(ada.page);
  assert.ok(Math.abs((await heading(ada.page)) - Math.PI / 6) < 0.01, "one push is one step, however long it lasts");
  await pushStick(ada.page, "right", 0, 0);
  const [x, , z] = await place(ada.page);
  assert.ok(Math.hypot(x - walked[0], z - walked[2]) < 0.01, "the room turns about the head");

  await pointDown(ada.page, "right", [0, 1.2, -0.3], 0.25);
  await watch(ben.page, ada_id);
  await pushStick(ada.page, "right", 0, 1);
  await pushStick(ada.page, "right", 0, 0);
  const far = ([x, z]) => Math.hypot(window.thexr.scene.cameraPosition()[0] - x, window.thexr.scene.cameraPosition()[2] - z) > 2;
  await until(ada.page, "teleported", far, [x, z]);
  const there = await place(ada.page);
  const gone = Math.atan2(there[0] - x, there[2] - z);
  assert.ok(Math.abs(gone - Math.PI / 6) < 0.05, `the arc goes where the turned hand points, not ${gone}`);
  assert.ok(Math.abs((await heading(ada.page)) - Math.PI / 6) < 0.01, "who does not turn the stick looks as before");
  await seesAt(ben.page, ada_id, there);
  assert.deepEqual(await between(ben.page, [x, z], [there[0], there[2]]), [], "nobody sees a slide");
  contented(ada, ben);
});

test("a stool that is pointed at is sat on with the trigger, and a push of the stick stands up", async (t) => {
  const room = await makeRoom(server, "Seats");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL, headset: true });
  const ada_id = await userId(ada.page);
  const stool = await addStool(ada.page, { x: 0, z: -11 });
  await stand(ada.page, { x: 0, z: -13 });
  await wear(ada.page);
  // From a metre's height before the eyes down to the stool.
  await pointDown(ada.page, "right", [0, 1.2, -0.3], 0.45);
  await pullTrigger(ada.page, "right");
  await until(ada.page, "Ada sits", (id) => window.thexr.app.seating.seat$.value === id, stool);
  await seesEntity(ada.page, stool, { occupied: true, occupied_by: ada_id });
  await framesGoOn(ada.page);
  const [x, y, z] = await place(ada.page);
  assert.ok(Math.hypot(x, z + 11) < 0.05 && y > 0.9 && y < 1.4, `a head over the stool at a sitter's height, not ${[x, y, z]}`);

  await pushStick(ada.page, "left", 0, 1);
  await until(ada.page, "Ada stands", () => window.thexr.app.seating.seat$.value === null);
  await pushStick(ada.page, "left", 0, 0);
  await until(ada.page, "on her own height", () => window.thexr.scene.cameraPosition()[1] > 1.5);
  contented(ada);
});

/** Where someone is who has come to rest. */
async function atRest(page) {
  let before = await place(page);
  for (;;) {
    await framesGoOn(page);
    const now = await place(page);
    if (Math.hypot(now[0] - before[0], now[2] - before[2]) < 0.001) return now;
    before = now;
  }
}

async function heading(page) {
  return await page.evaluate(() => window.thexr.app.viewer.yaw);
}

/** Notes in every frame of the page where someone is seen. */
async function watch(page, user_id) {
  await page.evaluate((id) => {
    window.seen = [];
    const note = () => {
      const head = window.thexr.scene.avatarPositions()[id];
      if (head !== undefined) window.seen.push([head[0], head[2]]);
      requestAnimationFrame(note);
    };
    note();
  }, user_id);
}

/** What was noted and is neither near the one place nor near the other. */
async function between(page, ...places) {
  const seen = await page.evaluate(() => window.seen);
  return seen.filter(([x, z]) => places.every((at) => Math.hypot(x - at[0], z - at[1]) > 0.3));
}
