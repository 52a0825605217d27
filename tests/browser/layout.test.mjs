/** Nothing is printed over something else, whatever is open, from the smallest phone to a laptop. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { overlaps } from "./overlaps.mjs";
import { contented, guest, makeRoom, until } from "./visit.mjs";

/** Phones upright and sideways, a window that is a phone at 200 %, a small one, a laptop. What a wall is given is arithmetic (`logic/layout`). */
const SIZES = [[320, 568], [390, 700], [568, 320], [700, 390], [720, 500], [1280, 720]];
const DRAWERS = [null, "menu", "people", "chat", "build", "snapshots", "room", "settings"];
/** What is opened while building, beside what one builds with. */
const BUILDING = [null, "chat"];

/** What a game counts of someone, with as much as there may be. */
const VITALS = {
  game: true, health: 64, full: 100, armour: 35, points: 30, score: 12_500, dead_until_ms: null,
  items: ["red_key", "blue_key", "coin", "torch", "a_rather_long_name_of_something_carried"].map((name, nth) => ({ name, count: nth + 1 })),
  weapon: { name: "shotgun of the old keeper", loaded: 4, capacity: 6, reserve: 24 },
};

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("every drawer, at every size, pushes what stands over the view aside, and the crosshair stays in sight", async (t) => {
  const room = await makeRoom(server, "A room whose name is rather longer than most", "blocks");
  const ada = await guest(browser, t, room, "Ada of the long and winding name", { viewport: { width: 1280, height: 720 } });
  const { page } = ada;
  const faults = [];
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    for (const building of [false, true]) {
      for (const drawer of building ? BUILDING : DRAWERS) {
        await show(page, drawer, building);
        for (const fault of [...(await overlaps(page)), ...(await hidden(page))]) {
          faults.push(`${width} x ${height}, ${drawer ?? "nothing"} open${building ? ", building" : ""}: ${fault}`);
        }
      }
    }
  }
  assert.deepEqual(faults, []);
  contented(ada);
});

test("what a game counts, and that one has died, stand over nothing and within the window", async (t) => {
  const room = await makeRoom(server, "A game", "blocks");
  const ada = await guest(browser, t, room, "Ada", { viewport: { width: 1280, height: 720 } });
  const { page } = ada;
  // A button's tip stands over what is beside it while the mouse is on it.
  await page.mouse.move(1, 1);
  const faults = [];
  for (const [width, height] of [...SIZES, [390, 844], [844, 390], [1024, 768]]) {
    await page.setViewportSize({ width, height });
    for (const state of ["alive", "dead", "lobby", "won"]) {
      for (const drawer of [null, "menu", "chat"]) {
        await fare(page, state === "dead");
        await round(page, state);
        await show(page, drawer, false);
        for (const fault of [...(await overlaps(page)), ...(await hidden(page)), ...(await cutOff(page))]) {
          faults.push(`${width} x ${height}, ${drawer ?? "nothing"} open, ${state}: ${fault}`);
        }
      }
    }
  }
  assert.deepEqual(faults, []);
  contented(ada);
});

/** Has a game count something of the visitor, and the visitor be dead. */
async function fare(page, dead) {
  await page.evaluate(([vitals, dies]) => {
    const { vitals: own } = window.thexr.app;
    if (dies) own.killedBy("The Keeper of rather a long name");
    own.vitals$.next({ ...vitals, dead_until_ms: dies ? 1e12 : null });
  }, [VITALS, dead]);
  await until(page, dead ? "dead" : "alive", (is_dead) => (window.thexr.app.vitals.fallen$.value !== null) === is_dead, dead);
}

/** Has the game wait for its players, or be over. */
async function round(page, state) {
  await page.evaluate((status) => {
    const players = ["Ada of the long and winding name", "Ben", "Cleo"].map((name, nth) => ({ id: `player${nth}`, name, own: nth === 0, ready: nth === 1, score: 12_000 - nth, kills: 120, deaths: 9 }));
    window.thexr.app.rounds.round$.next(status === "lobby" || status === "won" ? { status, players, next_s: status === "won" ? 17 : null } : null);
  }, state);
}

/** Parts of the lower edge and of what tells of a death that the window cuts off. */
async function cutOff(page) {
  return await page.evaluate(() => {
    const parts = [...document.querySelectorAll("nav:not(.drawer nav), .vitals, .weapon, .dead > *, .round > :not(.players), .bottom > button")].filter((part) => part.checkVisibility({ visibilityProperty: true }));
    const outside = ({ left, top, right, bottom }) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight - 8;
    return parts.filter((part) => outside(part.getBoundingClientRect())).map((part) => `the window cuts off ${part.className}`);
  });
}

const KEYS = { menu: "Escape", people: "Tab", chat: "t", build: "b" };
const ENTRIES = { snapshots: "Saved states", room: "Room settings", settings: "Settings" };

/** Opens a drawer, with a line that has just come in, what the room says, a notice, what a click would do, and thumbs. */
async function show(page, drawer, building) {
  while ((await page.locator("#drawer-title").count()) > 0) await page.keyboard.press("Escape");
  if (drawer !== null) await page.keyboard.press(KEYS[drawer] ?? "Escape");
  if (drawer !== null && drawer in ENTRIES) await page.getByRole("navigation", { name: "Menu" }).getByRole("button", { name: ENTRIES[drawer], exact: true }).click();
  await page.evaluate(([wanted, builds]) => {
    const { app } = window.thexr;
    app.building.build$.next(builds || wanted === "build");
    window.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch" }));
    // Who is moved by another tab is told that, and not asked whether they are ready.
    app.visit.driver$.next(app.rounds.round$.value !== null);
    app.hud.hud$.next({ text: `A line about ${wanted ?? "nothing"} that is long enough for two of them on a phone`, tone: "plain" });
    for (const words of ["Run!", "The bridge is up: whoever goes across it now comes to the tower before the sun is down", "Nine coins left"]) {
      app.hud.hud$.next({ text: words, tone: "plain", banner_ms: 4_000 });
    }
    app.building.hint$.next("Select a box of rather a long name");
  }, [drawer, building]);
  await until(page, `${drawer} open`, (wanted) => {
    const open = document.querySelector("#drawer-title") !== null;
    return open === (wanted !== null) && document.querySelector("canvas").clientWidth > 0 && document.getAnimations().every((each) => each.playState !== "running");
  }, drawer);
}

/** Whether the crosshair is where the view's middle is, under nothing. */
async function hidden(page) {
  return await page.evaluate(() => {
    const drawer = document.querySelector(".drawer.whole");
    if (drawer !== null) return [];
    const { left, top, width, height } = document.querySelector("canvas").getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const over = document.elementFromPoint(x, y);
    return over instanceof HTMLCanvasElement ? [] : [`the crosshair is under ${over?.outerHTML.slice(0, 60)}`];
  });
}
