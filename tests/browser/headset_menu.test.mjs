/** The interface inside a headset: the menu, the keyboard, the log wall, pressed by ray and by touch. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { chat, components, contented, guest, makeRoom, say, seesEntity, seesNoEntity, stand, thingCount, until } from "./visit.mjs";

/** Pictures this small are drawn often. */
const SMALL = { width: 320, height: 240 };
/** Where the head is and where the hands rest, in the headset's own frame (-Z is ahead), metres. */
const HEAD = [0, 1.6, 0];
const HAND = { left: [-0.3, 1, -0.2], right: [0.25, 1.2, -0.2] };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("with a headset one opens the menu and writes a line that somebody else reads", async (t) => {
  const room = await makeRoom(server, "Talking in VR");
  const ada = await wearing(browser, t, room);
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  await pressButton(ada.page, "left", "y-button");
  await point(ada.page, "Chat");
  await point(ada.page, "Write to everyone here");
  for (const letter of ["H", "i"]) await point(ada.page, letter);
  await point(ada.page, "Send");
  await until(ben.page, "the line", () => window.thexr.app.chat.chat$.value.some(({ text }) => text === "Hi"));
  assert.deepEqual(await chat(ben.page), [["Ada", "Hi"]]);
  await until(ada.page, "the line, in the menu", reads, "Hi");

  await pressButton(ada.page, "left", "y-button");
  await until(ada.page, "the menu closed", standsNot, "menu");
  await say(ben.page, "Welcome");
  await until(ada.page, "the answer, low in the view", reads, "Ben: Welcome");
  contented(ada, ben);
});

test("the log is put up with a fingertip, tells what happened, and is nobody else's", async (t) => {
  const room = await makeRoom(server, "A wall of one's own");
  const ada = await wearing(browser, t, room);
  await pressButton(ada.page, "left", "y-button");
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const things = await thingCount(ben.page);
  await touch(ada.page, "Room");
  await touch(ada.page, "Put up the log");
  await until(ada.page, "Ben's coming, on the wall", () => {
    const wall = window.thexr.scene.panels().find(({ name }) => name === "log wall");
    return wall?.words.some(({ text }) => text === "Ben came in");
  });
  await until(ada.page, "the menu closed", standsNot, "menu");
  assert.equal(await thingCount(ben.page), things);
  assert.equal(await ben.page.evaluate(() => window.thexr.scene.panels().length), 0);

  await ada.page.evaluate(() => window.headset.activeSession.end());
  await until(ada.page, "no panel", () => window.thexr.scene.panels().length === 0);
  contented(ada, ben);
});

test("a thing is made beside the menu, chosen by pointing at it, deleted, and that is taken back", async (t) => {
  const room = await makeRoom(server, "Making in VR");
  const ada = await wearing(browser, t, room);
  await pressButton(ada.page, "left", "y-button");
  await point(ada.page, "Things");
  await point(ada.page, "Box");
  const box = await until(ada.page, "the box", () => window.thexr.app.building.selection$.value?.entity);
  await point(ada.page, "Done");
  await until(ada.page, "nothing chosen", () => window.thexr.app.building.selection$.value === null);

  const { position } = await components(ada.page, box);
  await aim(ada.page, "right", HAND.right, inHeadset(position));
  await framesGoOn(ada.page);
  await pressButton(ada.page, "right", "trigger");
  await until(ada.page, "the box chosen", (id) => window.thexr.app.building.selection$.value?.entity === id, box);

  await point(ada.page, "Delete");
  await seesNoEntity(ada.page, box);
  await point(ada.page, "Undo");
  await seesEntity(ada.page, box, { position });
  contented(ada);
});

/** In the page: whether no such panel is there. */
function standsNot(panel) {
  return window.thexr.scene.panels().every(({ name }) => name !== panel);
}

/** Ada, inside a room and in her headset, with her hands at rest. */
async function wearing(browser, t, room) {
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL, headset: true });
  await stand(ada.page, { x: 1, z: -2 });
  await ada.page.getByRole("button", { name: "Menu" }).click();
  await ada.page.getByRole("button", { name: "Enter VR" }).click();
  await until(ada.page, "shown by the headset", () => window.thexr.scene.presenter === "headset");
  await ada.page.evaluate((at) => window.headset.position.set(...at), HEAD);
  for (const side of ["left", "right"]) await aim(ada.page, side, HAND[side], [HAND[side][0], HAND[side][1] - 0.4, -3]);
  await framesGoOn(ada.page);
  return ada;
}

/** In the page: whether some panel says these words. */
function reads(words) {
  return window.thexr.scene.panels().some((panel) => panel.words.some(({ text }) => text === words));
}

/** A place of the room in the headset's frame: Ada's floor is at (1, 0, -2) and not turned. */
function inHeadset([x, y, z]) {
  return [x - 1, y, -(z + 2)];
}

/** Where words stand, in the headset's frame. */
async function placeOf(page, words) {
  const found = (wanted) => {
    const standing = window.thexr.scene.panels().flatMap((panel) => panel.words);
    return standing.findLast(({ text }) => text === wanted)?.at ?? null;
  };
  return inHeadset(await until(page, `“${words}” on a panel`, found, words));
}

/** Points at words with the right hand and pulls the trigger. */
async function point(page, words) {
  await aim(page, "right", HAND.right, await placeOf(page, words));
  await framesGoOn(page);
  await pressButton(page, "right", "trigger");
}

/** Goes through words with the tip of the right controller and comes back. */
async function touch(page, words) {
  const [x, y, z] = await placeOf(page, words);
  for (const ahead of [-0.04, 0.01, -0.2]) {
    await aim(page, "right", [x, y, z - ahead], [x, y, z - 5]);
    await framesGoOn(page);
  }
}

async function pressButton(page, side, button) {
  for (const value of [1, 0]) {
    await page.evaluate(([side, button, value]) => window.headset.controllers[side].updateButtonValue(button, value), [side, button, value]);
    await framesGoOn(page);
  }
}

/** Holds a controller somewhere, pointing at a place. */
async function aim(page, side, from, to) {
  const [x, y, z] = to.map((part, axis) => part - from[axis]);
  const [yaw, pitch] = [Math.atan2(-x, -z), Math.asin(y / Math.hypot(x, y, z))];
  const [sy, cy, sp, cp] = [Math.sin(yaw / 2), Math.cos(yaw / 2), Math.sin(pitch / 2), Math.cos(pitch / 2)];
  const turn = [cy * sp, sy * cp, -sy * sp, cy * cp];
  await page.evaluate(
    ({ side, from, turn }) => {
      window.headset.controllers[side].position.set(...from);
      window.headset.controllers[side].quaternion.set(...turn);
    },
    { side, from, turn },
  );
}

/** Waits until what was changed was seen by the frame's systems: values of a headset arrive with its next frame. */
async function framesGoOn(page) {
  const before = await page.evaluate(() => window.thexr.scene.frameCount);
  await until(page, "frames go on", (count) => window.thexr.scene.frameCount > count + 1, before);
}
