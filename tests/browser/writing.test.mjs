/** Text is anything that people can type, with whatever they type it. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { chat, contented, guest, makeRoom, seesPeople, until } from "./visit.mjs";

const WIDE = { width: 860, height: 500 };
const SMALL = { width: 320, height: 240 };
const RIGHT_TO_LEFT = "שלום";

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("half characters, hidden ones and heaps of marks harm nobody, and a name from right to left leaves the words beside it", async (t) => {
  const room = await makeRoom(server, "Babel");
  const ada = await guest(browser, t, room, `\u202e${RIGHT_TO_LEFT}\u200b`, { viewport: WIDE });
  const ben = await guest(browser, t, room, "Be\u0301n\ud83d", { viewport: SMALL });
  await seesPeople(ada.page, [RIGHT_TO_LEFT, "Bén\ufffd"]);

  const said = ["half \udc00 here", `heaped a${"\u0301\u0489\u0323".repeat(200)}`, "\u202eturned\u2066 about"];
  for (const text of said) await command(ben.page, "say", { text });
  await until(ada.page, "all lines", (count) => window.thexr.app.chat.chat$.value.length === count, said.length);
  const [half, heaped, turned] = (await chat(ada.page)).map(([, text]) => text);
  assert.deepEqual([half, turned], ["half \ufffd here", "turned about"]);
  assert.ok([...heaped].length < 20, "a few marks are kept of hundreds");

  // "שלום: …" reads from left to right, the name within from right to left.
  await command(ada.page, "say", { text: "12 apples" });
  const line = ben.page.getByRole("log", { name: "What just happened" }).getByText("12 apples");
  await line.waitFor();
  assert.equal((await line.textContent()).trim(), `\u2068${RIGHT_TO_LEFT}\u2069: 12 apples`);
  await ada.page.keyboard.press("Tab");
  const row = ada.page.getByRole("region", { name: "You" }).locator("bdi");
  assert.deepEqual(await row.evaluate((name) => [name.textContent, getComputedStyle(name).direction]), [RIGHT_TO_LEFT, "rtl"]);
  contented(ada, ben);
});

test("the Enter that chooses a word of an input method sends nothing, in Safari's order too, and the next one does", async (t) => {
  const room = await makeRoom(server, "Kana");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const { page } = ada;
  await page.keyboard.press("t");
  const field = page.getByLabel("Write to everyone here");
  await field.fill("にほん");
  for (const pressed of [{ isComposing: true, keyCode: 13 }, { isComposing: false, keyCode: 229 }]) {
    await field.evaluate(enter, pressed);
    assert.equal(await field.inputValue(), "にほん", JSON.stringify(pressed));
  }
  await page.keyboard.press("Enter");
  await until(page, "said", () => window.thexr.app.chat.chat$.value.length === 1);
  assert.deepEqual(await chat(page), [["Ada", "にほん"]]);
  await page.keyboard.press("Escape");

  await page.keyboard.press("b");
  await page.getByRole("button", { name: "Add box" }).click();
  const name = page.getByRole("region", { name: "Selected" }).getByLabel("Name");
  await name.fill("はこ");
  await name.evaluate(enter, { isComposing: false, keyCode: 229 });
  await name.evaluate((node) => node.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", isComposing: true, bubbles: true })));
  assert.equal(await name.inputValue(), "はこ", "neither sent nor taken back");
  assert.equal(await page.evaluate(() => window.thexr.app.building.selection$.value.components.name), undefined);
  await name.press("Enter");
  await until(page, "named", () => window.thexr.app.building.selection$.value.components.name === "はこ");
  contented(ada);
});

/** Presses Enter on a field, as an input method's browser tells of it. */
function enter(field, { isComposing, keyCode }) {
  const event = new KeyboardEvent("keydown", { key: "Enter", code: "Enter", isComposing, bubbles: true, cancelable: true });
  Object.defineProperty(event, "keyCode", { value: keyCode });
  field.dispatchEvent(event);
}

async function command(page, name, payload) {
  const reply = await page.evaluate(([command, what]) => window.thexr.app.wishes.command(command, what), [name, payload]);
  assert.equal(reply.ok, true, JSON.stringify(reply));
}
