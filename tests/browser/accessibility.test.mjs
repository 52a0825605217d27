/** Nobody is kept out: axe finds nothing serious on any page, in any state of the room. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { axeScript } from "../support/packages.mjs";
import { startServer } from "../support/server.mjs";
import { contented, enter, guest, preview, stand, until } from "./visit.mjs";

const LAPTOP = { width: 1280, height: 720 };
const PHONE = { width: 390, height: 700 };
const SERIOUS = ["serious", "critical"];

const axe = await readFile(axeScript, "utf8");
const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("the website's pages, by day and by night", async (t) => {
  const stranger = await newVisitor(browser, { test: t, viewport: LAPTOP, excused: [/status of 4(04|22)/] });
  const { page } = stranger;
  const findings = [];
  const id = await ownRoom(page);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const path of ["/", "/rooms", "/rooms?q=nothing", "/rooms/new", `/rooms/${id}/edit`, `/rooms/${id}/delete`, "/rooms/aaaaa", "/nowhere"]) {
      await page.goto(server.url + path);
      findings.push(...(await look(page, `${path}, ${colorScheme}`)));
    }
    await page.goto(`${server.url}/rooms/new`);
    await page.getByLabel("Name").fill("x".repeat(81));
    await page.getByRole("button", { name: "Create room" }).click();
    await page.locator("#name-error").waitFor();
    findings.push(...(await look(page, `a refused form, ${colorScheme}`)));
  }
  assert.deepEqual(findings, []);
  contented(stranger);
});

test("the room: its lobby, every drawer, every sheet, on a laptop and on a phone", async (t) => {
  const findings = [];
  const owner = await newVisitor(browser, { test: t, viewport: LAPTOP });
  const { page } = owner;
  await page.emulateMedia({ reducedMotion: "reduce" });
  await ownRoom(page);
  await preview(page);
  const ben = await guest(browser, t, { url: page.url() }, "Ben", { viewport: { width: 200, height: 150 } });
  for (const size of [LAPTOP, PHONE]) {
    await page.setViewportSize(size);
    findings.push(...(await look(page, `the lobby, ${size.width} px`)));
    await page.getByText("Check your microphone").click();
    await page.getByText("Nobody else hears you").waitFor();
    findings.push(...(await look(page, `the lobby with the microphone, ${size.width} px`)));
    await page.getByText("Check your microphone").click();
  }
  await enter(page, "Ada");
  await stand(page, { x: 0, z: -6 });
  for (const size of [LAPTOP, PHONE]) {
    await page.setViewportSize(size);
    for (const [name, arrive] of Object.entries(STATES)) {
      await arrive(page);
      findings.push(...(await look(page, `${name}, ${size.width} px`)));
      await leave(page);
    }
  }
  await page.evaluate(() => window.thexr.app.visit.leave());
  await page.getByRole("alertdialog").waitFor();
  findings.push(...(await look(page, "after leaving")));
  assert.deepEqual(findings, []);
  contented(owner, ben);
});

const choose = (page, entry) => page.getByRole("navigation", { name: "Menu" }).getByRole("button", { name: entry, exact: true }).click();

/** What a room can show, and how one gets there. */
const STATES = {
  "the room alone": async () => undefined,
  "a line that can be taken back": async (page) => {
    await page.evaluate(() => window.thexr.app.hud.hud$.next({ text: "Deleted", tone: "plain", way: { words: "Undo", act: () => undefined } }));
  },
  "a microphone that is blocked": async (page) => {
    await page.evaluate(() => {
      window.thexr.app.voice.microphone$.next("denied");
      window.thexr.app.hud.warn("Microphone blocked.");
    });
  },
  "a browser that plays nothing yet": async (page) => await page.evaluate(() => window.thexr.app.voice.silenced$.next(true)),
  "no way for voices": async (page) => {
    await page.evaluate(() => window.thexr.app.voice.hearing$.next({ kind: "failed", why: "No way.", advice: "Try another.", again: true }));
    await page.getByRole("button", { name: /^Connection/ }).click();
    await page.getByText("Try another.").waitFor();
  },
  "the connection's numbers": async (page) => await page.getByRole("button", { name: /^Connection/ }).click(),
  menu: async (page) => await page.keyboard.press("Escape"),
  people: async (page) => {
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "About Ben" }).click();
  },
  chat: async (page) => {
    await page.evaluate(() => window.thexr.app.chat.say("Hello"));
    await page.keyboard.press("t");
  },
  build: async (page) => await page.keyboard.press("b"),
  "a selected thing with all its components": async (page) => {
    await page.keyboard.press("b");
    await page.getByRole("button", { name: "Add chair" }).click();
    await page.getByText("Components", { exact: false }).last().click();
    await page.getByText("Things in this room").click();
  },
  "what happens with a thing, said and being written": async (page) => {
    await page.keyboard.press("b");
    await page.getByRole("button", { name: "Add box" }).click();
    const rules = page.locator("details", { hasText: "What happens here" });
    if ((await rules.getAttribute("open")) === null) await rules.locator("summary").first().click();
    await page.getByRole("button", { name: "Locked door" }).click();
    await page.getByRole("button", { name: "Make it a locked door" }).click();
    await page.getByRole("button", { name: "More of step 1" }).first().click();
    await page.getByRole("button", { name: "More", exact: true }).first().click();
  },
  "a locked thing": async (page) => {
    await page.keyboard.press("b");
    await page.getByRole("button", { name: "Add box" }).click();
    await page.getByRole("button", { name: "Lock", exact: true }).click();
    await page.getByRole("button", { name: "Unlock", exact: true }).waitFor();
  },
  "the question before a floor goes": async (page) => {
    await page.keyboard.press("b");
    await page.evaluate(() => {
      const { building } = window.thexr.app;
      building.select(building.sites.things().find(({ components }) => components.name === "Floor").entity);
      void building.remove();
    });
    await page.getByRole("dialog", { name: "Delete this?" }).waitFor();
  },
  "saved states": async (page) => {
    await page.evaluate(() => window.thexr.app.states.saveSnapshot("Tea"));
    await page.keyboard.press("Escape");
    await choose(page, "Saved states");
    await page.getByRole("button", { name: "Restore Tea" }).click();
  },
  "the room's settings": async (page) => {
    await page.keyboard.press("Escape");
    await choose(page, "Room settings");
  },
  settings: async (page) => {
    await page.keyboard.press("Escape");
    await choose(page, "Settings");
    await page.getByRole("button", { name: "Choose and test the microphone" }).click();
    await page.getByText("Nobody else hears you").waitFor();
  },
  keys: async (page) => await page.keyboard.press("?"),
  reconnecting: async (page) => {
    await page.evaluate(() => window.thexr.app.visit.connection$.next({ kind: "reconnecting", since_ms: Date.now(), next_try_ms: Date.now() + 5_000, attempts: 3 }));
  },
};

/** Closes everything that is open. */
async function leave(page) {
  await page.evaluate(() => {
    window.thexr.app.building.asked$.next(null);
    document.activeElement?.blur();
  });
  const open = "#drawer-title, dialog[open], section[aria-label=Connection]";
  while ((await page.locator(open).count()) > 0) await page.keyboard.press("Escape");
  await page.evaluate(() => {
    const { building, voice } = window.thexr.app;
    building.build$.next(false);
    voice.microphone$.next("off");
    voice.silenced$.next(false);
    voice.hearing$.next({ kind: "connected" });
  });
}

/** Makes a room as its owner; resolves to its id, with the page on its lobby. */
async function ownRoom(page) {
  await page.goto(`${server.url}/rooms/new`);
  await page.getByLabel("Name").fill("Tea house");
  await page.getByLabel("Description").fill("Slow afternoons.");
  await page.getByRole("button", { name: "Create room" }).click();
  await page.waitForURL(/\/rooms\/[^/]+$/);
  return new URL(page.url()).pathname.split("/").at(-1);
}

/** Serious findings on a page as it is, in words. */
async function look(page, where) {
  await until(page, "everything at rest", () => document.getAnimations().every((each) => each.playState !== "running"));
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations);
  const serious = violations.filter(({ impact }) => SERIOUS.includes(impact));
  return serious.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${where}: ${id}: ${html.slice(0, 120)} ${failureSummary.replace(/\s+/g, " ")}`));
}
