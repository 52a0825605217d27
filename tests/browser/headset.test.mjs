/** People with headsets: going into VR and back, seen by others with head and hands. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { framesGoOn, presentedBy } from "./headset.mjs";
import { contented, guest, inside, makeRoom, openLobby, place, seesAt, stand, until, userId } from "./visit.mjs";

/** Pictures this small are drawn often. */
const SMALL = { width: 320, height: 240 };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("a visitor goes into VR, is seen with head and hands, and goes on at the desktop", async (t) => {
  const room = await makeRoom(server, "Headsets");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL, headset: true });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ada_id = await userId(ada.page);
  await ben.page.getByRole("button", { name: "Menu" }).click();
  await ben.page.getByRole("button", { name: "Leave the room" }).waitFor();
  assert.equal(await ben.page.getByRole("button", { name: "Enter VR" }).count(), 0);
  assert.deepEqual(await handsSeen(ben.page, ada_id), { left: null, right: null });

  await stand(ada.page, { x: 2, z: -3 });
  await ada.page.getByRole("button", { name: "Menu" }).click();
  await ada.page.getByRole("button", { name: "Enter VR" }).click();
  await presentedBy(ada.page, "headset");
  assert.equal(await ada.page.evaluate(() => window.headset.activeSession !== undefined), true);
  await framesGoOn(ada.page);

  // WebXR's -Z is ahead: half a metre to the right, a metre ahead, and down on the knees.
  await moveHead(ada.page, [0.5, 1.1, -1]);
  await seesAt(ben.page, ada_id, [2.5, 1.1, -2]);
  assert.ok(Math.abs((await place(ada.page))[1] - 1.1) < 0.05, "the eye is where the headset is");

  await moveHands(ada.page, { left: [0.2, 0.9, -1.3], right: [0.8, 1.3, -1.4] });
  await seesHands(ben.page, ada_id, { left: [2.2, 0.9, -1.7], right: [2.8, 1.3, -1.6] });

  await ada.page.evaluate(() => window.headset.activeSession.end());
  await presentedBy(ada.page, "page");
  await framesGoOn(ada.page);
  await until(ben.page, "no hands", handless, ada_id);
  // Who went somewhere on their own feet is there.
  await seesAt(ben.page, ada_id, [2.5, 1.8, -2]);
  await ada.page.keyboard.press("Escape");
  await ada.page.keyboard.down("w");
  await until(ada.page, "walked a metre", () => window.thexr.scene.cameraPosition()[2] > -1);
  await ada.page.keyboard.up("w");
  contented(ada, ben);
});

test("from the lobby one goes into room and VR at once, and leaving the room takes the headset off", async (t) => {
  const room = await makeRoom(server, "At once");
  const { page, ...ada } = await newVisitor(browser, { test: t, viewport: SMALL, headset: true });
  await openLobby(page, room);
  await page.getByLabel("Your name").fill("Ada");
  await page.getByRole("button", { name: "Enter VR" }).click();
  await inside(page);
  await presentedBy(page, "headset");
  await page.evaluate(() => window.thexr.app.visit.leave());
  await presentedBy(page, "page");
  await page.getByRole("button", { name: "Enter again" }).waitFor();
  contented(ada);
});

async function moveHead(page, at) {
  await page.evaluate((to) => window.headset.position.set(...to), at);
}

async function moveHands(page, at) {
  await page.evaluate(({ left, right }) => {
    window.headset.controllers.left.position.set(...left);
    window.headset.controllers.right.position.set(...right);
  }, at);
}

async function handsSeen(page, user_id) {
  return await page.evaluate((id) => window.thexr.scene.avatarHands()[id], user_id);
}

/** In the page: whether someone is seen without hands. */
function handless(user_id) {
  const hands = window.thexr.scene.avatarHands()[user_id];
  return hands !== undefined && hands.left === null && hands.right === null;
}

/** Waits until a page sees someone's hands within 10 cm of where they are: a controller is not held at its middle. */
async function seesHands(page, user_id, expected) {
  const near = ({ user_id, expected }) => {
    const hands = window.thexr.scene.avatarHands()[user_id];
    const close = (a, b) => a !== null && Math.hypot(...a.map((part, axis) => part - b[axis])) < 0.1;
    return hands !== undefined && close(hands.left, expected.left) && close(hands.right, expected.right);
  };
  await until(page, "hands where they are", near, { user_id, expected });
}
