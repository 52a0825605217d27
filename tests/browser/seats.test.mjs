/** Sitting down: a click on a seat, one at a time, and a step to stand up. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { addStool, contented, enter, guest, makeRoom, place, preview, seesAt, seesEntity, stand, until, userId } from "./visit.mjs";

/** Pictures this small are drawn often. */
const SMALL = { width: 320, height: 240 };
/** Nothing of the interface lies over the middle of the picture. */
const WIDE = { width: 860, height: 500 };
const SEAT = { x: 0, z: 1 };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("one sits down on a stool, the other is told that it is taken, and a step stands up", async (t) => {
  const room = await makeRoom(server, "Stools");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const [ada_id, ben_id] = [await userId(ada.page), await userId(ben.page)];
  const stool = await addStool(ada.page, SEAT);
  await seesEntity(ben.page, stool, { seat: {} });

  // Two metres before it, looking down at it.
  await stand(ada.page, { ...SEAT, z: SEAT.z - 2, pitch: 0.66 });
  const middle = [WIDE.width / 2, WIDE.height / 2];
  await ada.page.mouse.move(...middle);
  await until(ada.page, "what a click would do", () => window.thexr.app.building.hint$.value === "Sit down");
  await ada.page.mouse.click(...middle);
  await until(ada.page, "Ada sits", (id) => window.thexr.app.seating.seat$.value === id, stool);
  await seesEntity(ben.page, stool, { occupied: true, occupied_by: ada_id });
  await seesAt(ben.page, ada_id, [SEAT.x, 0, SEAT.z]);
  assert.equal(await ada.page.evaluate(() => window.thexr.app.building.hint$.value), "", "nothing is offered to who sits");
  const [, eyes] = await place(ada.page);
  assert.ok(eyes > 0.9 && eyes < 1.4, `the eyes of someone who sits are at ${eyes} m`);

  await stand(ben.page, { ...SEAT, z: SEAT.z - 2 });
  const refused = await ben.page.evaluate((id) => window.thexr.app.seating.sit(id), stool);
  assert.deepEqual([refused.ok, refused.reason], [false, "seat_taken"]);

  await ada.page.keyboard.down("w");
  await until(ada.page, "Ada stands", () => window.thexr.app.seating.seat$.value === null);
  await ada.page.keyboard.up("w");
  await seesEntity(ben.page, stool, { occupied: null, occupied_by: null });
  await until(ada.page, "Ada on her feet", onTheirFeet, SEAT);
  await ben.page.evaluate((id) => window.thexr.app.seating.sit(id), stool);
  await seesEntity(ada.page, stool, { occupied_by: ben_id });

  // Who comes back was seen sitting last: they stand, and not in the ground.
  await ben.page.reload();
  await preview(ben.page);
  await enter(ben.page);
  await until(ben.page, "Ben on his feet", onTheirFeet, SEAT);
  await seesEntity(ada.page, stool, { occupied_by: null });
  contented(ada, ben);
});

/** In the page: whether one stands, on the floor or the stool, within a few steps of it. */
function onTheirFeet({ x, z }) {
  const [at_x, at_y, at_z] = window.thexr.scene.cameraPosition();
  return at_y > 1.75 && at_y < 2.4 && Math.hypot(at_x - x, at_z - z) < 3;
}
