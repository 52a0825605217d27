/** Models: placed from the drawer, seen by everyone, bumped into by people and things. */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { glbOfBoxes } from "../support/glb.mjs";
import { startServer } from "../support/server.mjs";
import { components, contented, guest, makeRoom, place, seesEntity, stand, until } from "./visit.mjs";

const WIDE = { width: 860, height: 500 };
const SMALL = { width: 320, height: 240 };
const WOOD = [0.72, 0.52, 0.33, 1];
const CLAY = [0.78, 0.44, 0.3, 1];

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });
const models = join(server.dataFolder, "models");
await mkdir(models);
const legs = [-0.7, 0.7].flatMap((x) => [-0.4, 0.4].map((z) => ({ at: [x, 0.35, z], size: [0.1, 0.7, 0.1], color: WOOD })));
await writeFile(join(models, "table.glb"), glbOfBoxes([{ at: [0, 0.75, 0], size: [1.6, 0.1, 1], color: CLAY }, ...legs]));
const posts = [-1.5, 1.5].map((x) => ({ at: [x, 1.25, 0], size: [0.4, 2.5, 0.4], color: CLAY }));
await writeFile(join(models, "gate.glb"), glbOfBoxes([{ at: [0, 2.7, 0], size: [3.4, 0.4, 0.4], color: WOOD }, ...posts]));
await writeFile(join(models, "broken.glb"), "<!doctype html>");

/** Places a model of the server's from the drawer; resolves to its entity. */
async function placed(page, name) {
  await page.locator("summary", { hasText: "Models" }).click();
  // A model's button says its size behind its name.
  await page.getByRole("button", { name: new RegExp(`^${name} `) }).click();
  const selected = (wanted) => {
    const selection = window.thexr.app.building.selection$.value;
    return selection?.components.name === wanted && selection.entity;
  };
  return await until(page, `${name} placed`, selected, name);
}

const shown = (page, count) => until(page, `${count} models shown`, (wanted) => window.thexr.scene.modelCount === wanted, count);

test("a table is placed on the floor, everyone sees it, and what falls on it lies there", async (t) => {
  const room = await makeRoom(server, "Dining room");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  await stand(ada.page, { x: 0, z: -4 });
  await ada.page.keyboard.press("b");
  const table = await placed(ada.page, "table");
  const made = await components(ada.page, table);
  assert.deepEqual(made.model, { url: "/models/table.glb" });
  assert.equal(made.collider.shape, "convex");
  await Promise.all([shown(ada.page, 1), shown(ben.page, 1)]);
  assert.deepEqual(await components(ben.page, table), made);

  const [x, , z] = made.position;
  const box = { shape: { kind: "box", size: 0.2 }, position: [x, 1.6, z], body: "dynamic" };
  const reply = await ben.page.evaluate((what) => window.thexr.app.wishes.command("create_entity", { components: what }), box);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  const rests = (wanted) => {
    const { core } = window.thexr;
    const index = core.index_of(wanted);
    const at = index < 0 ? undefined : JSON.parse(core.entity(index)).components.position;
    return at !== undefined && Math.abs(at[1] - 0.9) < 0.01;
  };
  await until(ada.page, "the box lies on the table", rests, reply.response.entity);
  contented(ada, ben);
});

test("through a gate one walks once it is as its triangles are, and not through its hull", async (t) => {
  const room = await makeRoom(server, "Garden");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  await stand(ada.page, { x: 0, z: -4 });
  await ada.page.keyboard.press("b");
  const gate = await placed(ada.page, "gate");
  const [x, , z] = (await components(ada.page, gate)).position;
  await shown(ada.page, 1);

  await ada.page.keyboard.press("b");
  await stand(ada.page, { x, z: z - 2 });
  await ada.page.keyboard.down("w");
  await until(ada.page, "she stands before it", (at) => window.thexr.scene.cameraPosition()[2] > at - 0.7, z);
  await until(ada.page, "and has stopped", async () => {
    const before = window.thexr.scene.cameraPosition()[2];
    const from = window.thexr.scene.frameCount;
    await new Promise((done) => {
      const look = () => (window.thexr.scene.frameCount > from + 5 ? done() : requestAnimationFrame(look));
      look();
    });
    return Math.abs(window.thexr.scene.cameraPosition()[2] - before) < 0.001;
  });
  await ada.page.keyboard.up("w");
  assert.ok((await place(ada.page))[2] < z, "its hull is a wall");

  await ada.page.keyboard.press("b");
  await ada.page.evaluate((entity) => window.thexr.app.building.select(entity), gate);
  await ada.page.getByLabel("Others bump into").selectOption({ label: "Each triangle (of simple models)" });
  await until(ada.page, "its triangles", (entity) => {
    const { core } = window.thexr;
    return JSON.parse(core.entity(core.index_of(entity))).components.collider.shape === "trimesh";
  }, gate);
  await ada.page.keyboard.press("b");
  await stand(ada.page, { x, z: z - 1 });
  await ada.page.keyboard.down("w");
  await until(ada.page, "she is through", (at) => window.thexr.scene.cameraPosition()[2] > at + 0.6, z);
  await ada.page.keyboard.up("w");
  contented(ada);
});

test("what is no model is not placed, and one that is gone is told of", async (t) => {
  const room = await makeRoom(server, "Empty hands");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE, excused: [/404/] });
  await ada.page.keyboard.press("b");
  await ada.page.locator("summary", { hasText: "Models" }).click();
  await ada.page.getByRole("button", { name: "broken" }).click();
  await ada.page.getByText("The model cannot be shown: it is no .glb file.").waitFor();
  await ada.page.getByLabel("Address of a .glb file").fill("/models/nowhere.glb");
  await ada.page.getByRole("button", { name: "Place it" }).click();
  await ada.page.getByText("The model cannot be shown: there is no such file.").waitFor();
  const what = { model: "/models/nowhere.glb", name: "Ghost" };
  const reply = await ada.page.evaluate((made) => window.thexr.app.wishes.command("create_entity", { components: made }), what);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  await ada.page.getByText("The model /models/nowhere.glb cannot be shown: there is no such file.").waitFor();
  await seesEntity(ada.page, reply.response.entity, { model: { url: "/models/nowhere.glb" } });
});
