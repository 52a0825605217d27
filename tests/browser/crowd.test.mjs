/** Many people in one room: everyone is drawn, near ones by name, and the interface stays usable. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { contented, guest, makeRoom, seesAt, place, stand, until, userId } from "./visit.mjs";
import { walkers } from "./walkers.mjs";

const WALKERS = 60;
/** With Ben, who stands before Ada. */
const OTHERS = WALKERS + 1;
/** High enough that names can be read from some metres away, small enough for a machine without a GPU. */
const WINDOW = { width: 480, height: 480 };
const SMALL = { width: 320, height: 240 };
/** Where no walker comes: they stay within 20 m of the origin. */
const APART = { x: 0, z: -40 };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("in a crowd nobody is missing, everyone has a level of detail, and names are shown for the near ones", async (t) => {
  const room = await makeRoom(server, "Hall");
  const ada = await guest(browser, t, room, "Ada", { viewport: WINDOW });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  await walkers(server, room, WALKERS, t);
  const { page } = ada;
  await until(page, "everyone is drawn", (others) => window.thexr.scene.avatarCount === others, OTHERS);
  await page.getByRole("button", { name: `${OTHERS + 1} people` }).waitFor();

  // From inside the crowd and from outside it: levels differ, nobody is lost.
  for (const spot of [{ x: 0, z: 0 }, { x: 0, z: -30 }, { x: 0, z: 90, yaw: 3 }]) {
    await stand(page, spot);
    await until(page, `all ${OTHERS} have a level at ${spot.z}`, (others) => {
      const { near, mid, far, unseen } = window.thexr.scene.frame().figures;
      return near + mid + far === others && unseen < others;
    }, OTHERS);
  }
  await until(page, "from afar all are far figures", (others) => window.thexr.scene.frame().figures.far === others, OTHERS);

  // Ben stands before Ada, apart from the crowd: his name is shown, and no name of anyone farther than can be read.
  await stand(ben.page, { ...APART, z: APART.z + 2 });
  await stand(page, { ...APART, yaw: 0 });
  await seesAt(page, await userId(ben.page), await place(ben.page));
  await until(page, "Ben's name", () => window.thexr.scene.names().shown.includes("Ben"));
  await until(page, "Ben is a full figure", () => window.thexr.scene.frame().figures.near >= 1);
  await until(page, "only Ben has a name", () => window.thexr.scene.names().shown.length === 1);
  const { reach_m } = await page.evaluate(() => window.thexr.scene.names());
  assert.ok(reach_m > 4 && reach_m <= 20, `names are shown up to ${reach_m} m`);

  // In the midst of the crowd names are few, and all of them are near.
  await stand(page, { x: 0, z: -12 });
  await until(page, "names in the crowd", () => window.thexr.scene.names().shown.length > 0);
  const { shown, reach, far } = await page.evaluate(namesAndDistances);
  assert.ok(shown.length <= 16, `${shown.length} names at once`);
  assert.deepEqual(far, [], `names shown beyond ${reach} m`);
  contented(ada, ben);
});

test("the list of people of a crowded room makes only the rows in sight, and finds someone by name", async (t) => {
  const room = await makeRoom(server, "Long list");
  const ada = await guest(browser, t, room, "Ada", { viewport: { width: 700, height: 500 } });
  const ben = await guest(browser, t, room, "Zoe the last", { viewport: SMALL });
  await walkers(server, room, WALKERS, t);
  const { page } = ada;
  await until(page, "everyone is listed", (all) => window.thexr.app.people.people$.value.length === all, OTHERS + 1);
  await page.keyboard.press("Tab");
  const rows = page.getByRole("list", { name: "People here" }).getByRole("listitem");
  await rows.first().waitFor();
  assert.equal(await rows.first().getAttribute("aria-setsize"), String(OTHERS));
  assert.ok((await rows.count()) < OTHERS, `${await rows.count()} rows were made`);

  await page.evaluate(() => document.querySelector("[data-scrolls]").scrollTo(0, 1e6));
  await rows.getByText("Zoe the last", { exact: true }).waitFor();
  await page.getByLabel("Find someone").fill("ZOE");
  await until(page, "one row", () => document.querySelectorAll("[aria-label='People here'] li").length === 1);
  await rows.getByText("Zoe the last", { exact: true }).waitFor();
  contented(ada, ben);
});

/** In the page: the names that are shown, and those of them whose people are farther away than names reach. */
function namesAndDistances() {
  const { scene, app } = window.thexr;
  // Someone may walk on until their name has faded, and walkers are seen between two poses.
  const SLACK_M = 1.5;
  const { shown, reach_m } = scene.names();
  const [x, y, z] = scene.cameraPosition();
  const heads = scene.avatarPositions();
  const near = app.people.people$.value.filter(({ user_id }) => {
    const head = heads[user_id];
    return head !== undefined && Math.hypot(head[0] - x, head[1] - y, head[2] - z) <= reach_m + SLACK_M;
  });
  const names = new Set(near.map((person) => person.nickname));
  return { shown, reach: reach_m, far: shown.filter((name) => !names.has(name)) };
}
