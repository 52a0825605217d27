/** Holding: a click takes a thing, it goes along, the other sees it, and it lies where it is put down; with headsets, too. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { contented, enter, guest, makeRoom, preview, seesEntity, stand, until, userId } from "./visit.mjs";

/** Pictures this small are drawn often. */
const SMALL = { width: 320, height: 240 };
/** Nothing of the interface lies over the middle of the picture. */
const WIDE = { width: 860, height: 500 };
const MIDDLE = [WIDE.width / 2, WIDE.height / 2];
/** At eye height, two metres before who stands at z = 0. */
const BEFORE_THE_EYES = [0, 1.8, 2];

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("what one takes goes along with them, others see it there, and it lies where it is put, also in a socket", async (t) => {
  const room = await makeRoom(server, "Boxes");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ada_id = await userId(ada.page);
  const box = await addBox(ada.page, {});
  await seesEntity(ben.page, box, { holdable: {} });

  await stand(ada.page, { x: 0, z: 0 });
  await ada.page.mouse.move(...MIDDLE);
  await until(ada.page, "what a click would do", () => window.thexr.app.building.hint$.value === "Take it");
  await ada.page.mouse.click(...MIDDLE);
  await seesEntity(ben.page, box, { held_by: { hand: "right", user: ada_id } });
  const refused = await ben.page.evaluate(grab, box);
  assert.deepEqual([refused.ok, refused.reason], [false, "held"]);

  // It goes along, and a notch of the wheel brings it nearer.
  await stand(ada.page, { x: 3, z: 0 });
  await seesThingAt(ben.page, box, [3, 1.8, 2]);
  await ada.page.mouse.wheel(0, 400);
  await until(ben.page, "nearer", thingIs, { id: box, from: [3, 1.8, 0], nearer_than: 1.6 });

  // Who comes late sees it in her hand; it is put down where it is seen.
  await ben.page.reload();
  await preview(ben.page);
  await enter(ben.page);
  await until(ben.page, "in her hand", thingIs, { id: box, from: [3, 1.8, 0], nearer_than: 1.6 });
  await ada.page.keyboard.press("g");
  await seesEntity(ben.page, box, { held_by: null, parent: null });

  // Beside a place made for it that is where it goes.
  await ada.page.mouse.click(...MIDDLE);
  await seesEntity(ben.page, box, { held_by: { hand: "right", user: ada_id } });
  const { socket, at } = await ada.page.evaluate(async (id) => {
    const { core, app } = window.thexr;
    const [x, y, z] = core.matrices().slice(core.index_of(id) * 16 + 12);
    const shape = { kind: "cylinder", height: 1, diameter: 0.2 };
    const components = { shape, position: [x, y - 0.6, z + 0.1], socket: { offset: { position: [0, 0.6, 0] } } };
    return { socket: (await app.wishes.command("create_entity", { components })).response.entity, at: [x, y, z + 0.1] };
  }, box);
  await until(ada.page, "that it goes in there", () => window.thexr.app.building.hint$.value === "Put it in");
  await ada.page.keyboard.press("g");
  await seesEntity(ben.page, box, { held_by: null, in_socket: socket });
  await seesThingAt(ben.page, box, at);
  await stand(ada.page, { x: -4, z: 0 });
  await until(ben.page, "where it was put", thingIs, { id: box, from: [3, 1.8, 0], nearer_than: 1.6 });
  contented(ada, ben);
});

test("what is asked for is handed over", async (t) => {
  const room = await makeRoom(server, "A cup");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ben_id = await userId(ben.page);
  await stand(ada.page, { x: 0, z: 0 });
  await stand(ben.page, { x: 0, z: 0.5 });
  const cup = await addBox(ada.page, { policy: "ask" });
  assert.equal((await ada.page.evaluate(grab, cup)).ok, true);
  await seesEntity(ben.page, cup, { held_by: { hand: "right", user: await userId(ada.page) } });
  assert.equal((await ben.page.evaluate(grab, cup)).ok, true);
  await until(ada.page, "the question", () => window.thexr.app.holding.question$.value !== null);
  await ada.page.keyboard.press("h");
  await seesEntity(ada.page, cup, { held_by: { hand: "right", user: ben_id } });
  contented(ada, ben);
});

test("a headset's hand takes what it is at, gives it to the other hand and puts it down", async (t) => {
  const room = await makeRoom(server, "Hands");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL, headset: true });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ada_id = await userId(ada.page);
  await stand(ada.page, { x: 0, z: 0 });
  const box = await addBox(ada.page, {}, [0.3, 1.2, 0.5]);
  await ada.page.getByRole("button", { name: "Menu" }).click();
  await ada.page.getByRole("button", { name: "Enter VR" }).click();
  await until(ada.page, "in the headset", () => window.thexr.scene.presenter === "headset");
  await moveHand(ada.page, "right", [0.3, 1.2, -0.5]);
  await squeeze(ada.page, "right", 1);
  await seesEntity(ben.page, box, { held_by: { hand: "right", user: ada_id }, parent: { entity: ada_id, node: "right" } });
  await moveHand(ada.page, "right", [-0.2, 1.4, -0.4]);
  await seesThingAt(ben.page, box, [-0.2, 1.4, 0.4], 0.12);
  await squeeze(ada.page, "right", 0);
  await seesEntity(ben.page, box, { held_by: null, parent: null });
  await seesThingAt(ben.page, box, [-0.2, 1.4, 0.4], 0.12);
  contented(ada, ben);
});

/** Puts a box that can be held into the room; resolves to its id. */
async function addBox(page, holdable, position = BEFORE_THE_EYES) {
  const components = { shape: { kind: "box", size: 0.3 }, color: "#E76F51", position, holdable };
  const reply = await page.evaluate((what) => window.thexr.app.wishes.command("create_entity", { components: what }), components);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  return reply.response.entity;
}

/** In the page: takes a thing with the right hand, as it lies. */
function grab(entity) {
  return window.thexr.app.wishes.command("grab", { entity });
}

/** In the page: whether a thing is shown nearer to a point than so many metres. */
function thingIs({ id, from, nearer_than }) {
  const { core } = window.thexr;
  const index = core.index_of(id);
  if (index < 0) return false;
  const at = core.matrices().slice(index * 16 + 12, index * 16 + 15);
  return Math.hypot(...at.map((part, axis) => part - from[axis])) < nearer_than;
}

async function seesThingAt(page, id, at, within_m = 0.1) {
  await until(page, `the thing at ${at}`, thingIs, { id, from: at, nearer_than: within_m });
}

async function moveHand(page, hand, at) {
  await page.evaluate(([which, to]) => window.headset.controllers[which].position.set(...to), [hand, at]);
}

async function squeeze(page, hand, value) {
  await page.evaluate(([which, to]) => window.headset.controllers[which].updateButtonValue("squeeze", to), [hand, value]);
}
