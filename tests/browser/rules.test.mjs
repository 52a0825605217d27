/** Rules: a maker puts ready ones on a thing, changes their sentences, tries them, writes one by hand, on a laptop and on a phone. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { axeScript } from "../support/packages.mjs";
import { startServer } from "../support/server.mjs";
import { components, contented, enter, guest, makeRoom, openLobby, seesEntity, stand, until } from "./visit.mjs";

const LAPTOP = { width: 1280, height: 720 };
const SERIOUS = ["serious", "critical"];

const axe = await readFile(axeScript, "utf8");
const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("a door that needs a red key is made by one press, changed in its sentence, tried, and tells that it was set off", async (t) => {
  const room = await makeRoom(server, "Doors");
  const ada = await guest(browser, t, room, "Ada", { viewport: LAPTOP });
  const { page } = ada;
  await stand(page, { x: 0, z: -6 });
  await page.keyboard.press("b");
  const door = await addBox(page);
  await makeLockedDoor(page);
  const opens = ruleOf(page, "opens with the red key");
  const needs = ruleOf(page, "needs the red key");

  // One is open to be changed, the other one is a sentence to read.
  await opens.getByLabel("Item").waitFor();
  await until(page, "the sentence", () => document.body.innerText.includes("When somebody comes near this thing within 3 m and if not (who did it has a red_key), then say You need the red key"));
  assert.deepEqual((await rulesOf(page, door)).map(({ when }) => when.within_m), [3, 3, 3]);
  await seesEntity(page, door, { color: "#E2373A" });

  const near = opens.getByRole("textbox", { name: "How near, m" });
  await near.fill("4,5");
  await near.press("Enter");
  await until(page, "4.5 m", isNear, { door, metres: 4.5 });
  assert.equal((await rulesOf(page, door))[1].when.within_m, 3, "the other rule stays as it was");

  // Nobody has the key: trying it says so, and the firing stands below the rule.
  await opens.getByRole("button", { name: "Test opens with the red key" }).click();
  await opens.getByText("Its conditions did not hold.").first().waitFor();
  await needs.getByRole("button", { name: "Test needs the red key" }).click();
  await needs.getByText("It works: done.").waitFor();
  await needs.getByText(/^Fired .* by you\.$/).waitFor();
  await page.getByRole("log", { name: "What the room says" }).getByText("You need the red key").waitFor();

  await opens.getByRole("switch", { name: "opens with the red key is on" }).uncheck();
  await until(page, "switched off", (id) => {
    const { core } = window.thexr;
    return JSON.parse(core.entity(core.index_of(id))).components.rules[0].enabled === false;
  }, door);
  assert.deepEqual(await serious(page), []);
  contented(ada);
});

test("a rule written by hand shows its errors, as it is written and as the room found them, and what the sentence cannot say stays", async (t) => {
  const room = await makeRoom(server, "Experts");
  const ada = await guest(browser, t, room, "Ada", { viewport: LAPTOP });
  const { page } = ada;
  await stand(page, { x: 0, z: -6 });
  await page.keyboard.press("b");
  const box = await addBox(page);
  await page.locator("summary", { hasText: "What happens here" }).click();
  await page.getByRole("button", { name: "Write a rule" }).click();
  const rule = ruleOf(page, "new rule");
  await rule.getByRole("button", { name: "As JSON", exact: true }).click();
  const json = rule.getByRole("textbox", { name: "JSON of rule new rule" });

  await json.fill("{");
  await rule.getByText(/Not valid JSON/).waitFor();
  await json.fill(JSON.stringify({ name: "new rule", when: { used: "self" }, then: [{ do: "juggle" }] }));
  await rule.getByText(/then\[0\] needs a "do"/).waitFor();
  await rule.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Not saved: one of the rules cannot be read.").waitFor();
  await until(page, "the room's own words at the step", () => document.querySelector("li[aria-label='Rule new rule'] ol [role=alert]") !== null);
  assert.equal((await rulesOf(page, box))[0].then[0].do, "hud", "the room keeps what it had");

  await page.getByRole("button", { name: "Back to what was saved" }).click();
  const kept = { name: "new rule", when: { used: "self" }, then: [{ do: "emit", event: "won", payload: { deep: [1, { a: null }] } }, { do: "hud", text: "Hello" }] };
  await rule.getByRole("button", { name: "As JSON", exact: true }).click();
  await json.fill(JSON.stringify(kept));
  await rule.getByRole("button", { name: "Apply" }).click();
  const said = rule.getByRole("textbox", { name: "Text" });
  await said.fill("Good evening");
  await said.press("Enter");
  const written = { ...kept, then: [kept.then[0], { do: "hud", text: "Good evening" }] };
  await until(page, "one text changed", ({ id, text }) => {
    const { core } = window.thexr;
    return JSON.parse(core.entity(core.index_of(id))).components.rules[0].then[1]?.text === text;
  }, { id: box, text: "Good evening" });
  assert.deepEqual(await rulesOf(page, box), [written]);
  contented(ada);
});

test("on a phone a rule is made and changed with a finger: nothing is cut off, and everything can be hit", async (t) => {
  const room = await makeRoom(server, "Pocket doors");
  const phone = await newVisitor(browser, { test: t, phone: true });
  const { page } = phone;
  await openLobby(page, room);
  await enter(page, "Ada");
  await page.getByRole("navigation", { name: "Room" }).getByRole("button", { name: "Menu" }).tap();
  await page.getByRole("navigation", { name: "Menu" }).getByRole("button", { name: "Build" }).tap();
  const box = await addBox(page);
  await makeLockedDoor(page);
  const opens = ruleOf(page, "opens with the red key");
  await opens.getByRole("combobox", { name: "What sets it off" }).selectOption({ label: "uses" });
  await until(page, "used instead", (id) => {
    const { core } = window.thexr;
    return JSON.parse(core.entity(core.index_of(id))).components.rules[0].when.used === "self";
  }, box);

  const { cut, small } = await opens.evaluate((card) => {
    const shown = [...card.querySelectorAll("button, select, input, textarea")].map((each) => ({ name: each.getAttribute("aria-label") ?? each.textContent, at: each.getBoundingClientRect() }));
    const seen = shown.filter(({ at }) => at.width > 0);
    return {
      cut: seen.filter(({ at }) => at.left < 0 || at.right > window.innerWidth).map(({ name }) => name),
      small: seen.filter(({ at }) => Math.min(at.width, at.height) < 24 || at.height < 40).map(({ name }) => name),
    };
  });
  assert.deepEqual({ cut, small }, { cut: [], small: [] });
  assert.deepEqual(await serious(page), []);
  contented(phone);
});

/** Adds a box with the build drawer; resolves to its id. */
async function addBox(page) {
  await page.getByRole("button", { name: "Add box" }).click();
  return await until(page, "the box selected", () => window.thexr.app.building.selection$.value?.entity);
}

/** Puts the ready rules of a door with a red key on the selected thing. */
async function makeLockedDoor(page) {
  await page.locator("summary", { hasText: "What happens here" }).click();
  await page.getByRole("group", { name: "Ready rules" }).getByRole("button", { name: "Locked door" }).click();
  await page.getByRole("button", { name: "Make it a locked door" }).click();
  await ruleOf(page, "opens with the red key").waitFor();
}

function ruleOf(page, name) {
  return page.getByRole("listitem", { name: `Rule ${name}` });
}

async function rulesOf(page, entity) {
  return (await components(page, entity)).rules;
}

/** Whether the first rule of a thing is about so many metres. */
function isNear({ door, metres }) {
  const { core } = window.thexr;
  return JSON.parse(core.entity(core.index_of(door))).components.rules[0].when.within_m === metres;
}

/** What keeps people out of the page as it is, in words. */
async function serious(page) {
  await until(page, "everything at rest", () => document.getAnimations().every((each) => each.playState !== "running"));
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations);
  const found = violations.filter(({ impact }) => SERIOUS.includes(impact));
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.replace(/\s+/g, " ")}`));
}
