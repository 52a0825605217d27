/**
 * A shooter in a browser: a weapon is picked up and shot with, a monster dies for everyone to see, players do not hurt each other, a game
 * waits for both, and when it is won everyone begins anew; who comes late finds a door half open and the score.
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

test("who picks a weapon up shoots a monster with it, and everyone sees it go", async (t) => {
  const room = await makeRoom(server, "Range");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: WIDE });
  await seesPeople(ada.page, ["Ada", "Ben"]);
  await make(ada.page, { name: "game", game: { checked: false } });
  await stand(ben.page, { x: -6, z: -4 });
  await stand(ada.page, { x: 0, z: 0, pitch: 0.12 });
  const gun = { kind: "hitscan", damage: 30, rate: 4, capacity: 6 };
  await make(ada.page, { name: "pistol", gun, collectable: { item: "pistol", amount: 20 }, position: [0, 0.8, 0.4] });
  // Walked over.
  await seesEntity(ada.page, await userId(ada.page), { weapon: "pistol" });
  await until(ada.page, "the crosshair of a shooter", () => window.thexr.app.arena.armed$.value);
  await ada.page.getByText("Pistol").first().waitFor();
  const monster = await make(ada.page, { name: "walker", monster: { kind: "walker", health: 60, speed: 0, damage: 0 }, position: [0, 0, 6], rotation: [0, 1, 0, 0] });
  await until(ada.page, "a monster", () => window.thexr.app.arena.source?.monsters().length === 1);
  await shootUntil(ada.page, async () => (await components(ada.page, monster).catch(() => undefined))?.dead !== undefined);
  for (const { page } of [ada, ben]) await seesNoEntity(page, monster);
  await seesEntity(ben.page, await userId(ada.page), { kills: 1 });
  const { weapons } = await components(ada.page, await userId(ada.page));
  assert.ok(weapons.pistol.loaded <= 4, JSON.stringify(weapons));
  await ada.page.keyboard.press("r");
  await until(ada.page, "loaded again", async () => window.thexr.app.vitals.vitals$.value.weapon?.loaded === 6);
  contented(ada, ben);
});

test("a game waits until both are ready; when it is won the score is shown and everyone begins anew", async (t) => {
  const room = await makeRoom(server, "Rounds");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: WIDE });
  await seesPeople(ada.page, ["Ada", "Ben"]);
  const rules = [
    { when: { event: "goal" }, then: [{ do: "inc", on: "actor", components: { score: 7 } }, { do: "win", text: "Well done" }] },
    { when: { event: "ajar" }, then: [{ do: "open", on: { tag: "gate" } }] },
  ];
  const game = await make(ada.page, { name: "game", game: { ready: true, reset_ms: 0 }, rules });
  const gate = await make(ada.page, { name: "gate", tag: "gate", door: { slide: [0, 3, 0], duration_ms: 60_000 }, shape: { kind: "box", width: 2, height: 3, depth: 0.3 }, position: [0, 1.5, 6] });
  for (const { page } of [ada, ben]) await page.getByText("Who is ready?").waitFor();
  await ada.page.keyboard.press("p");
  await ada.page.getByText("Waiting for one more…").waitFor();
  await ben.page.getByRole("button", { name: /I am ready/ }).click();
  await seesEntity(ada.page, game, { status: "running" });
  for (const { page } of [ada, ben]) await page.getByText("Who is ready?").waitFor({ state: "detached" });

  await ada.page.evaluate(() => window.thexr.app.wishes.command("event", { event_name: "ajar" }));
  await seesEntity(ben.page, gate, { door_state: "open" });
  await ada.page.evaluate(() => window.thexr.app.wishes.command("event", { event_name: "goal" }));
  for (const { page } of [ada, ben]) await page.getByRole("heading", { name: "You made it" }).waitFor();
  const row = ben.page.getByRole("row", { name: /Ada/ });
  assert.match(await row.textContent(), /Ada\s*7\s*0\s*0/);

  // Who comes late sees how it stands.
  const cleo = await guest(browser, t, room, "Cleo", { viewport: WIDE });
  await cleo.page.getByRole("heading", { name: "You made it" }).waitFor();
  await until(cleo.page, "the gate half open", (id) => {
    const { core } = window.thexr;
    const y = core.matrices()[core.index_of(id) * 16 + 13];
    return y > 1.5 && y < 4.5;
  }, gate);
  contented(ada, ben, cleo);
});

/** Clicks into the middle of the picture, the first time to take the mouse, until something is so. */
async function shootUntil(page, so) {
  await page.bringToFront();
  for (let n = 0; n < 100 && !(await so()); n += 1) {
    await page.mouse.click(...MIDDLE);
    for (let frame = 0; frame < 5; frame += 1) await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
  }
  assert.ok(await so(), "what was shot at is still there");
}

async function make(page, what) {
  const reply = await page.evaluate((made) => window.thexr.app.wishes.command("create_entity", { components: made }), what);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  return reply.response.entity;
}
