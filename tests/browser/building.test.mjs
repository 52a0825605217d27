/** People who build: every change is seen by everyone at once, and can be kept and brought back. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import {
  components,
  contented,
  guest,
  makeRoom,
  sameState,
  seesEntity,
  seesNoEntity,
  stand,
  thingCount,
  until,
} from "./visit.mjs";

const SMALL = { width: 320, height: 240 };
/** Wide enough for the drawer beside the view, as on a laptop. */
const WIDE = { width: 860, height: 500 };
const HEAD_M = 1.8;

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("the seven shapes and text are added, and the other one sees each as it comes", async (t) => {
  const { ada, ben } = await adaAndBen(t, "Shapes");
  const before = await thingCount(ben.page);
  const kinds = ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground", "text"];
  await ada.page.keyboard.press("b");
  for (const [index, kind] of kinds.entries()) {
    await stand(ada.page, { x: index * 3 - 12, z: -6 });
    const entity = await add(ada.page, kind);
    await until(ben.page, `${kind} drawn`, (count) => window.thexr.scene.entityCount === count, before + index + 1);
    const made = await components(ben.page, entity);
    assert.equal(made.shape?.kind ?? "text", kind);
    assert.deepEqual(made, await components(ada.page, entity));
  }
  await sameState(ada.page, ben.page);
  contented(ada, ben);
});

test("a thing is picked, painted, dragged, turned, copied and deleted, and all of it is seen; who comes later sees the present", async (t) => {
  const { room, ada, ben } = await adaAndBen(t, "Workshop");
  await ada.page.keyboard.press("b");
  await stand(ada.page, { x: 0, z: -5 });
  const entity = await add(ada.page, "box");
  const [x, y, z] = (await components(ada.page, entity)).position;

  // Deselected, then picked by a click in the middle of the view.
  await ada.page.getByRole("button", { name: "Deselect" }).click();
  const eye = { x, z: z - 3, pitch: Math.atan2(HEAD_M - y, 3) };
  await stand(ada.page, eye);
  const middle = { x: WIDE.width / 2, y: WIDE.height / 2 };
  await ada.page.mouse.move(middle.x, middle.y);
  await until(ada.page, "what a click would do", () => window.thexr.app.building.hint$.value === "Select box");
  await ada.page.mouse.click(middle.x, middle.y);
  await until(ada.page, "the box selected", (id) => window.thexr.app.building.selection$.value?.entity === id, entity);

  const inspector = ada.page.getByRole("region", { name: "Selected" });
  await inspector.getByRole("radio", { name: "Violet" }).check();
  await seesEntity(ben.page, entity, { color: "#7A5CD6" });

  await dragRight(ada.page, middle);
  const moved = await until(ben.page, "the box moved", ({ entity, x }) => {
    const { core } = window.thexr;
    const { position } = JSON.parse(core.entity(core.index_of(entity))).components;
    return position[0] > x + 0.2 && position;
  }, { entity, x });
  assert.deepEqual([moved[1], moved[2]], [y, z], "the handle moves along its own axis only");

  await fillNumber(inspector, "Position Y", 1.5);
  await fillNumber(inspector, "Rotation Y", 90);
  await fillNumber(inspector, "Scale Z", 2);
  await fillNumber(inspector, "Spin Y", 45);
  await seesEntity(ben.page, entity, { scale: [1, 1, 2] });
  await until(ben.page, "place, turn and spin", (id) => {
    const { core } = window.thexr;
    const { position, rotation, spin } = JSON.parse(core.entity(core.index_of(id))).components;
    return position[1] === 1.5 && Math.abs(rotation[1] - Math.SQRT1_2) < 0.001 && spin !== undefined;
  }, entity);

  // What people may do with it is given and taken while others look at it.
  const offers = ([id, grab]) => {
    const { core } = window.thexr;
    return (core.interactions(core.index_of(id)) & 4) === grab;
  };
  await inspector.getByRole("switch", { name: "Hold it" }).check();
  await until(ben.page, "that it can be held", offers, [entity, 4]);
  await inspector.getByRole("switch", { name: "Hold it" }).uncheck();
  await until(ben.page, "that it cannot be held any more", offers, [entity, 0]);

  await inspector.getByRole("button", { name: "Duplicate" }).click();
  const copy = await until(ada.page, "the copy selected", (id) => {
    const selected = window.thexr.app.building.selection$.value?.entity;
    return selected !== id && selected;
  }, entity);
  await seesEntity(ben.page, copy, { color: "#7A5CD6", scale: [1, 1, 2] });
  await inspector.getByRole("button", { name: "Delete" }).click();
  await seesNoEntity(ben.page, copy);

  const cleo = await guest(browser, t, room, "Cleo", { viewport: SMALL });
  await sameState(ada.page, ben.page, cleo.page);
  assert.deepEqual(await components(cleo.page, entity), await components(ada.page, entity));
  contented(ada, ben, cleo);
});

test("a saved state is restored for everyone, and the room can be made as it began", async (t) => {
  const { ada, ben } = await adaAndBen(t, "Time machine", "blocks");
  const began = await sameState(ada.page, ben.page);
  const count = await thingCount(ada.page);
  const kept = await addQuietly(ada.page, "cone");
  await seesEntity(ben.page, kept, {});
  const saved = await sameState(ada.page, ben.page);

  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("button", { name: "Saved states" }).click();
  await ada.page.getByLabel("Save the room as it is now").fill("One cone");
  await ada.page.getByRole("button", { name: "Save", exact: true }).click();
  const restore = ada.page.getByRole("button", { name: "Restore One cone" });
  await restore.waitFor();

  const late = await addQuietly(ben.page, "sphere");
  await ben.page.evaluate((id) => window.thexr.app.wishes.command("delete_entity", { entity: id }), kept);
  await seesEntity(ada.page, late, {});
  await seesNoEntity(ada.page, kept);
  assert.notEqual(await sameState(ada.page, ben.page), saved);

  await restore.click();
  await confirmRestore(ada.page);
  await ada.page.getByText("Restored.").waitFor();
  for (const { page } of [ada, ben]) {
    await seesNoEntity(page, late);
    await seesEntity(page, kept, {});
  }
  assert.equal(await sameState(ada.page, ben.page), saved);

  // The restore itself is taken back, and done again.
  await ada.page.getByRole("button", { name: "Back to before" }).click();
  await confirmRestore(ada.page);
  await seesEntity(ben.page, late, {});
  await seesNoEntity(ben.page, kept);
  await restore.click();
  await ada.page.getByRole("group", { name: "Restore" }).getByText(/added, changed or brought back since/).waitFor();
  await confirmRestore(ada.page);
  await seesEntity(ben.page, kept, {});

  // A name that is there is not written over by mistake.
  await ada.page.getByLabel("Save the room as it is now").fill("One cone");
  await ada.page.getByRole("button", { name: "Save", exact: true }).click();
  const replace = ada.page.getByRole("group", { name: "Replace" });
  await replace.getByText(/by you/).waitFor();
  await replace.getByRole("button", { name: "Keep it" }).click();
  await replace.waitFor({ state: "detached" });

  await ada.page.getByRole("button", { name: "Reset Initial state" }).click();
  await confirmRestore(ada.page);
  await seesNoEntity(ben.page, kept);
  assert.equal(await sameState(ada.page, ben.page), began);
  for (const { page } of [ada, ben]) {
    await until(page, `${count} things drawn`, (wanted) => window.thexr.scene.entityCount === wanted, count);
  }
  contented(ada, ben);
});

/** Ada builds, Ben looks on. */
async function adaAndBen(t, name, template = "empty") {
  const room = await makeRoom(server, name, template);
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  return { room, ada, ben };
}

/** Adds a thing with the build drawer; resolves to its id once it is selected. */
async function add(page, kind) {
  const before = await page.evaluate(() => window.thexr.app.building.selection$.value?.entity ?? null);
  await page.getByRole("button", { name: `Add ${kind}` }).click();
  return await until(page, `${kind} selected`, (id) => {
    const selected = window.thexr.app.building.selection$.value?.entity;
    return selected !== id && selected;
  }, before);
}

/** Adds a thing without opening anything. */
async function addQuietly(page, kind) {
  const reply = await page.evaluate((shape) => window.thexr.app.building.add(shape), kind);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  return reply.response.entity;
}

/** Says yes to the question, and again as long as the room asks for a moment's patience: it restores once a second. */
async function confirmRestore(page) {
  const question = page.getByRole("group", { name: "Restore" });
  while ((await question.count()) > 0) {
    await question.getByRole("button", { name: /^(Restore|Reset|Go back)$/ }).click();
    await until(page, "an answer", () => {
      const group = document.querySelector("[role=group][aria-label=Restore]");
      return group === null || /once a second/.test(group.innerText);
    });
  }
}

/** Takes the handle to the right of what stands in the middle of the view and drags it along. */
async function dragRight(page, middle) {
  const FIRST_PX = 30;
  const LAST_PX = 120;
  const BY_PX = 80;
  for (let right = FIRST_PX; right <= LAST_PX; right += 5) {
    const x = middle.x + right;
    if (!(await holds(page, x, middle.y))) continue;
    await page.mouse.move(x + BY_PX, middle.y, { steps: 8 });
    await page.mouse.up();
    return;
  }
  assert.fail("no handle to the right of the middle");
}

/** Presses at a place; true when that holds a handle: the view does not turn with the pointer. Else lets go again. */
async function holds(page, x, y) {
  const PULL_PX = 8;
  const yaw = () => page.evaluate(() => window.thexr.app.viewer.yaw);
  await page.mouse.move(x, y);
  await pictures(page);
  const before = await yaw();
  await page.mouse.down();
  await page.mouse.move(x + PULL_PX, y, { steps: 4 });
  await pictures(page);
  if ((await yaw()) === before) return true;
  await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.up();
  return false;
}

/** Waits until the page has drawn what it was told: handles notice the pointer between pictures. */
async function pictures(page) {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Types a number into a field of the inspector. */
async function fillNumber(inspector, label, value) {
  const field = inspector.getByLabel(label, { exact: true });
  await field.fill(String(value));
  await field.press("Enter");
}
