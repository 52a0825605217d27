/**
 * Things of games: a key that lies about opens the door it belongs to, for who has picked it up or walked over it; whoever a trap
 * kills sees themselves lie there, and is back after a while.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { components, contented, guest, makeRoom, seesEntity, seesNoEntity, seesPeople, stand, until, userId } from "./visit.mjs";

const WIDE = { width: 860, height: 500 };
const MIDDLE = [WIDE.width / 2, WIDE.height / 2];

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("a locked door says what it needs, a click picks the key up, and then it opens for both to see", async (t) => {
  const room = await makeRoom(server, "Keys");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: WIDE });
  await seesPeople(ada.page, ["Ada", "Ben"]);
  const door = await make(ada.page, { name: "red door", door: { key: "red_key", slide: [0, 2.5, 0], duration_ms: 500 }, color: "#E2373A",
    shape: { kind: "box", width: 1.4, height: 2.4, depth: 0.1 }, position: [0, 1.2, 2] });
  const key = await make(ada.page, { name: "Key", collectable: { item: "red_key" }, shape: { kind: "box", size: 0.4 }, position: [6, 1.8, 2] });
  await seesEntity(ben.page, key, { name: "Key" });
  await stand(ben.page, { x: -4, z: -2 });

  await stand(ada.page, { x: 0, z: 0 });
  await click(ada.page, "Open it");
  await ada.page.getByText("You need the red key.").first().waitFor();
  assert.equal((await components(ada.page, door)).door_state, undefined);

  await stand(ada.page, { x: 6, z: 0.6 });
  await click(ada.page, "Pick it up");
  await seesNoEntity(ben.page, key);
  await ben.page.getByText(/Ada.* collected .*red key/).first().waitFor();

  // What one carries is seen, with its color.
  await ada.page.getByRole("list", { name: "What you carry" }).getByText("red key").waitFor();

  await stand(ada.page, { x: 0, z: 0 });
  await pointed(ada.page, "Open it");
  await ada.page.keyboard.press("Space");
  for (const { page } of [ada, ben]) await seesEntity(page, door, { door_state: "open", position: [0, 3.7, 2] });
  await ben.page.getByText(/Ada.* opened .*red door/).first().waitFor();
  contented(ada, ben);
});

test("a trap used twice kills, the dead do not walk, and whoever is back has all their health where people arrive", async (t) => {
  const room = await makeRoom(server, "Traps");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: WIDE });
  await seesPeople(ada.page, ["Ada", "Ben"]);
  const ada_id = await userId(ada.page);
  await make(ada.page, { name: "game", game: { respawn_ms: 3_000 } });
  await make(ada.page, { name: "start", spawn_point: true, position: [20, 0, 20] });
  const rules = [{ when: { used: "self" }, then: [{ do: "damage", amount: 60 }] }];
  await make(ada.page, { name: "Trap", rules, shape: { kind: "box", size: 0.6 }, position: [0, 1.6, 2] });

  await stand(ada.page, { x: 0, z: 0 });
  const health = ada.page.getByRole("meter", { name: "Health" });
  assert.equal(await health.getAttribute("aria-valuenow"), "100");
  const tinted = await tints(ada.page);
  await click(ada.page, "Use it (Space)");
  await seesEntity(ada.page, ada_id, { health: 40 });
  await until(ada.page, "the meter falls", () => document.querySelector("[role=meter]")?.getAttribute("aria-valuenow") === "40");
  assert.equal(await tinted(), 1);
  await click(ada.page, "Use it (Space)");
  await ada.page.getByRole("heading", { name: "You died" }).waitFor();
  // Who sets a trap off themselves was got by nobody.
  assert.equal(await ada.page.getByText(/got you/).count(), 0);
  await ada.page.getByText(/Back in [123] s/).waitFor();
  const [x, , z] = await feet(ada.page);
  await ada.page.keyboard.down("s");
  // From behind and above.
  await until(ada.page, "the view has gone back", (from) => {
    const [eye_x, eye_y, eye_z] = window.thexr.scene.cameraPosition();
    return Math.hypot(eye_x - from.x, eye_z - from.z) > 1.5 && eye_y > 1.8;
  }, { x, z });
  const [still_x, , still_z] = await feet(ada.page);
  assert.deepEqual([still_x, still_z], [x, z]);
  await ada.page.keyboard.up("s");
  await ben.page.getByText(/Ada.* died/).first().waitFor();

  await until(ada.page, "back", () => !window.thexr.app.vitals.dead);
  await ada.page.getByRole("heading", { name: "You died" }).waitFor({ state: "detached" });
  await seesEntity(ada.page, ada_id, { health: 100 });
  await until(ada.page, "at the spawn point", () => Math.hypot(window.thexr.app.viewer.x - 20, window.thexr.app.viewer.z - 20) < 1.5);
  await seesNear(ben.page, ada_id, [20, 20]);
  contented(ada, ben);
});

test("while a game is on, what one walks over is picked up, and what one has enough of stays", async (t) => {
  const room = await makeRoom(server, "Coins");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  await stand(ada.page, { x: -6, z: 0 });
  const coin = await make(ada.page, { name: "Coin", collectable: { item: "coin" }, shape: { kind: "box", size: 0.2 }, position: [3, 0.3, 0] });
  const medkit = await make(ada.page, { name: "Medkit", collectable: { item: "health", amount: 20 }, shape: { kind: "box", size: 0.2 }, position: [3, 0.3, 0.5] });
  // No game is on yet: one may stand on it.
  await stand(ada.page, { x: 3, z: 0 });
  await make(ada.page, { name: "game", game: {} });
  await seesNoEntity(ada.page, coin);
  await seesEntity(ada.page, await userId(ada.page), { inventory: { coin: 1 } });
  await seesEntity(ada.page, medkit, { name: "Medkit" });
  contented(ada);
});

/** Counts how often the view reddens from now on. */
async function tints(page) {
  await page.evaluate(() => {
    window.tints = 0;
    window.thexr.app.vitals.hurt$.subscribe(() => (window.tints += 1));
  });
  return async () => await page.evaluate(() => window.tints);
}

/** Where one stands, wherever one looks from. */
async function feet(page) {
  return await page.evaluate(() => {
    const { x, y, z } = window.thexr.app.viewer;
    return [x, y, z];
  });
}

async function make(page, what) {
  const reply = await page.evaluate((made) => window.thexr.app.wishes.command("create_entity", { components: made }), what);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  await seesEntity(page, reply.response.entity, { name: what.name });
  return reply.response.entity;
}

/** Clicks in the middle of the picture, once that is known to do so. */
async function click(page, hint) {
  await pointed(page, hint);
  await page.mouse.click(...MIDDLE);
}

/** Points at the middle of the picture until it is known what that does. */
async function pointed(page, hint) {
  await page.mouse.move(MIDDLE[0] + 1, MIDDLE[1]);
  await page.mouse.move(...MIDDLE);
  await until(page, `the hint ${hint}`, (words) => window.thexr.app.building.hint$.value === words, hint);
}

/** Sees somebody within a metre and a half of a place. */
async function seesNear(page, user_id, [x, z]) {
  const near = (wanted) => {
    const head = window.thexr.scene.avatarPositions()[wanted.user_id];
    return head !== undefined && Math.hypot(head[0] - wanted.x, head[2] - wanted.z) < 1.5;
  };
  await until(page, "them there", near, { user_id, x, z });
}
