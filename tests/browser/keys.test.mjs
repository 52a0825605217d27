/** One key, one meaning, whatever is printed on it; and everything by keyboard alone. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { contented, guest, makeRoom, place, stand, until } from "./visit.mjs";

const WIDE = { width: 860, height: 500 };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("on a French keyboard the keys around Z walk, are called what is printed on them, and none does a second thing", async (t) => {
  const room = await makeRoom(server, "Clavier");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const { page } = ada;
  const keys = await keyboard(ada.context, page);
  const from = await place(page);
  await keys.down("KeyW", "z");
  await until(page, "a metre walked", ([x, , z]) => Math.hypot(window.thexr.app.viewer.x - x, window.thexr.app.viewer.z - z) > 1, from);
  // Command comes before Z is let go of, and swallows that.
  await keys.down("MetaLeft", "Meta", META);
  await keys.up("MetaLeft", "Meta");
  await stillStands(page);

  await page.keyboard.press("b");
  await page.getByRole("button", { name: "Add box" }).click();
  await until(page, "a box selected", () => window.thexr.app.building.selection$.value !== null);
  await page.keyboard.press("Escape");
  const count = await page.evaluate(() => window.thexr.scene.entityCount);
  await keys.down("KeyD", "đ", ALT | CTRL);
  await keys.up("KeyD", "đ");
  await keys.down("KeyQ", "a");
  await until(page, "turned to the left", () => window.thexr.app.viewer.yaw < -0.05);
  await keys.up("KeyQ", "a");
  assert.equal(await page.evaluate(() => window.thexr.scene.entityCount), count, "AltGr and D duplicates nothing");

  await keys.down("KeyM", "?", SHIFT);
  await keys.up("KeyM", "?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  await sheet.waitFor();
  const walk = sheet.getByRole("listitem").filter({ hasText: "Walk" }).locator("kbd");
  await until(page, "what this keyboard prints", () => document.querySelector("dialog kbd")?.textContent === "Z");
  assert.equal((await walk.allTextContents())[0], "Z");
  contented(ada);
});

test("by keyboard alone one looks at a thing on the floor, selects it and takes back what one did to it", async (t) => {
  const room = await makeRoom(server, "No mouse");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const { page } = ada;
  const components = { shape: { kind: "box", width: 1, height: 1, depth: 1 }, name: "Trunk", position: [0, 0.5, 0] };
  const made = await page.evaluate((what) => window.thexr.app.wishes.command("create_entity", { components: what }), components);
  await stand(page, { x: 0, z: -3 });
  await page.evaluate(() => window.thexr.app.building.build$.next(true));
  await nodTo(page, "Select Trunk");
  await page.keyboard.press("Enter");
  const { entity } = made.response;
  await until(page, "the trunk selected", (id) => window.thexr.app.building.selection$.value?.entity === id, entity);
  await page.keyboard.press("Delete");
  await until(page, "the trunk gone", (id) => window.thexr.core.index_of(id) < 0, entity);
  await until(page, "that it can be taken back", () => window.thexr.app.building.undoable.count$.value > 0);
  await page.keyboard.press("Control+z");
  await until(page, "the trunk back", (id) => window.thexr.core.index_of(id) >= 0, entity);
  contented(ada);
});

/** Looks down in small nods until a click would do something. */
async function nodTo(page, hint) {
  const NODS_MAX = 60;
  for (let nod = 0; nod < NODS_MAX; nod += 1) {
    await page.keyboard.press("v", { delay: 30 });
    const pitch = await page.evaluate(() => window.thexr.app.viewer.pitch);
    // What is pointed at is looked for eight times a second.
    const told = await page.evaluate(() => new Promise((tell) => {
      let pictures = 0;
      const look = () => ((pictures += 1) < 6 ? requestAnimationFrame(look) : tell(window.thexr.app.building.hint$.value));
      look();
    }));
    if (told === hint) return;
    assert.ok(pitch < 1.4, `${hint} is not below: ${told}`);
  }
  assert.fail(`never ${hint}`);
}

const [ALT, CTRL, META, SHIFT] = [1, 2, 4, 8];

/** Keys as a browser tells of them: their place, and what a layout types there. */
async function keyboard(context, page) {
  const devtools = await context.newCDPSession(page);
  const send = (type, code, key, modifiers) => devtools.send("Input.dispatchKeyEvent", { type, code, key, modifiers });
  return {
    down: (code, key, modifiers = 0) => send("rawKeyDown", code, key, modifiers),
    up: (code, key, modifiers = 0) => send("keyUp", code, key, modifiers),
  };
}

/** Waits until someone has come to rest, and looks that they stay so for ten pictures. */
async function stillStands(page) {
  const rests = () =>
    new Promise((told) => {
      let [pictures, x, z] = [0, NaN, NaN];
      const look = () => {
        const { viewer } = window.thexr.app;
        pictures = viewer.x === x && viewer.z === z ? pictures + 1 : 0;
        [x, z] = [viewer.x, viewer.z];
        if (pictures === 10) told(true);
        else requestAnimationFrame(look);
      };
      look();
    });
  assert.equal(await page.evaluate(rests), true);
}
