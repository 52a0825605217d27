/**
 * Things of games: a key that lies about opens the door it belongs to, for who has picked it up; whoever a trap kills is back
 * after a while.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { components, contented, guest, makeRoom, place, seesEntity, seesNoEntity, seesPeople, stand, until, userId } from "./visit.mjs";

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

  await stand(ada.page, { x: 0, z: 0 });
  await click(ada.page, "Open it");
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
  await click(ada.page, "Use it (Space)");
  await seesEntity(ada.page, ada_id, { health: 40 });
  await click(ada.page, "Use it (Space)");
  await ada.page.getByRole("log", { name: "What the room says" }).getByText("You died. Back in 3 s.").waitFor();
  const [x, , z] = await place(ada.page);
  await ada.page.keyboard.down("s");
  await until(ada.page, "dead", () => window.thexr.app.games.dead);
  const [still_x, , still_z] = await place(ada.page);
  assert.deepEqual([still_x, still_z], [x, z]);
  await ada.page.keyboard.up("s");

  await until(ada.page, "back", () => !window.thexr.app.games.dead);
  await seesEntity(ada.page, ada_id, { health: 100 });
  await until(ada.page, "at the spawn point", () => Math.hypot(window.thexr.app.viewer.x - 20, window.thexr.app.viewer.z - 20) < 1.5);
  await seesNear(ben.page, ada_id, [20, 20]);
  contented(ada, ben);
});

async function make(page, what) {
  const reply = await page.evaluate((made) => window.thexr.app.wishes.command("create_entity", { components: made }), what);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  await seesEntity(page, reply.response.entity, { name: what.name });
  return reply.response.entity;
}

/** Clicks in the middle of the picture, once that is known to do so. */
async function click(page, hint) {
  await page.mouse.move(MIDDLE[0] + 1, MIDDLE[1]);
  await page.mouse.move(...MIDDLE);
  await until(page, `the hint ${hint}`, (words) => window.thexr.app.building.hint$.value === words, hint);
  await page.mouse.click(...MIDDLE);
}

/** Sees somebody within a metre and a half of a place. */
async function seesNear(page, user_id, [x, z]) {
  const near = (wanted) => {
    const head = window.thexr.scene.avatarPositions()[wanted.user_id];
    return head !== undefined && Math.hypot(head[0] - wanted.x, head[2] - wanted.z) < 1.5;
  };
  await until(page, "them there", near, { user_id, x, z });
}
