/** People who come back: after a reload, and after the server died under them. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { lineTo } from "../support/line.mjs";
import { eventually, startServer } from "../support/server.mjs";
import {
  chat,
  components,
  contented,
  enter,
  guest,
  makeRoom,
  place,
  preview,
  sameState,
  say,
  seesAt,
  seesEntity,
  seesPeople,
  stand,
  thingCount,
  until,
  userId,
} from "./visit.mjs";

const SMALL = { width: 320, height: 240 };
/** What a page logs while its server is away. */
const LOST = [/WebSocket connection/, /ERR_CONNECTION_REFUSED/];

/** A page that was away for seconds waits a few seconds between its tries. */
const RETURN_MAX_MS = 20_000;

const data_folder = await mkdtemp(join(tmpdir(), "thexr-return-"));
let server = await startServer({ dataFolder: data_folder });
after(async () => {
  await server.kill();
  await rm(data_folder, { recursive: true, force: true });
});
const browser = await launchBrowser({ after });

test("after a reload you are where you were, with the same name, colour and cap", async (t) => {
  const room = await makeRoom(server, "Home");
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  await ada.page.evaluate(() => window.thexr.app.profile.recolor("#D9527F"));
  await ada.page.evaluate(() => window.thexr.app.profile.restyle({ top: "cap" }));
  const id = await userId(ada.page);
  await stand(ada.page, { x: 3, z: 2, yaw: 1 });
  await seesAt(ben.page, id, await place(ada.page));
  const before = await place(ada.page);

  await ada.page.reload();
  await preview(ada.page);
  await seesPeople(ben.page, ["Ben"]);
  assert.equal(await ada.page.getByLabel("Your name").inputValue(), "Ada");
  assert.ok(await ada.page.getByRole("radio", { name: "Rose" }).isChecked());
  await ada.page.getByRole("group", { name: "Hair or hat" }).getByText("Cap").waitFor();
  await enter(ada.page);
  const back = await place(ada.page);
  assert.ok(Math.hypot(back[0] - before[0], back[2] - before[2]) < 0.05, `${before} before, ${back} after`);
  const yaw = await ada.page.evaluate(() => window.thexr.app.viewer.yaw);
  assert.ok(Math.abs(yaw - 1) < 0.03, `looking along ${yaw}`);
  assert.equal(await userId(ada.page), id);
  await seesPeople(ben.page, ["Ada", "Ben"]);
  await seesEntity(ben.page, id, { nickname: "Ada", avatar: { color: "#D9527F", top: "cap" } });
  contented(ada, ben);
});

test("a line that dies without a word is known to be dead, and what is said meanwhile is said once", async (t) => {
  const room = await makeRoom(server, "Tunnel");
  const line = await lineTo(server, t);
  const through = { ...room, url: room.url.replace(`:${server.port}/`, `:${line.port}/`) };
  const ada = await guest(browser, t, through, "Ada", { viewport: SMALL, excused: LOST });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  await seesPeople(ben.page, ["Ada", "Ben"]);
  await ada.page.evaluate(watchBars);

  line.die();
  const died_ms = Date.now();
  await ada.page.keyboard.press("t");
  await ada.page.getByRole("textbox").fill("In the tunnel");
  await ada.page.keyboard.press("Enter");
  await ada.page.getByText("In the tunnel sending…").waitFor();
  await ada.page.getByRole("alert").getByText("Reconnecting…").waitFor();
  const known_ms = Date.now() - died_ms;
  await ada.page.getByText("One thing you did waits to be sent").waitFor();
  t.diagnostic(`known to be dead after ${known_ms} ms`);
  assert.equal(await ada.page.evaluate(() => window.fewest_bars), 1, "the bars told first");

  line.revive();
  await until(ada.page, "online again", () => window.thexr.app.visit.connection$.value.kind === "online");
  await until(ben.page, "what Ada said", () => window.thexr.app.chat.chat$.value.length > 0);
  assert.deepEqual(await chat(ben.page), [["Ada", "In the tunnel"]]);
  await ada.page.getByText("sending…").waitFor({ state: "detached" });
  await sameState(ada.page, ben.page);
  contented(ada, ben);
});

test("in a network that lets no sockets through the lobby says so, and goes on when it does", async (t) => {
  const room = await makeRoom(server, "Hotel");
  const line = await lineTo(server, t);
  line.block(true);
  const ada = await newVisitor(browser, { test: t, viewport: SMALL, excused: LOST });
  await ada.page.goto(room.url.replace(`:${server.port}/`, `:${line.port}/`));
  const lobby = ada.page.getByRole("dialog", { name: "Hotel" });
  await lobby.getByRole("alert").getByText("No live connection").waitFor();
  await lobby.getByText("may block WebSockets").waitFor();
  line.block(false);
  await enter(ada.page, "Ada");
  assert.equal(await ada.page.getByText("No live connection").count(), 0);
  contented(ada);
});

/** In the page: notes how few bars the connection had. */
function watchBars() {
  window.thexr.app.visit.connection$.subscribe((connection) => {
    if (connection.kind === "online") window.fewest_bars = Math.min(window.fewest_bars ?? 4, connection.bars);
  });
}

test("when the server dies and comes back the page does so by itself, and what was wished meanwhile happens once", async (t) => {
  const room = await makeRoom(server, "Phoenix", "blocks");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL, excused: LOST });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL, excused: LOST });
  await say(ada.page, "Before");
  await until(ben.page, "what Ada said", () => window.thexr.app.chat.chat$.value.length === 1);
  await stand(ada.page, { x: 4, z: -3 });
  await seesAt(ben.page, await userId(ada.page), await place(ada.page));
  const [x, , z] = await place(ada.page);
  const count = await thingCount(ada.page);
  for (const { page } of [ada, ben]) await page.evaluate(() => (window.never_reloaded = true));

  await server.kill();
  for (const { page } of [ada, ben]) await page.getByRole("alert").getByText("Reconnecting…").waitFor();
  assert.equal(await thingCount(ada.page), count, "the world stays in sight");
  const wished = ada.page.evaluate(async () => {
    const [said, added] = await Promise.all([window.thexr.app.chat.say("Meanwhile"), window.thexr.app.building.add("cone")]);
    return { said, added };
  });

  server = await startServer({ dataFolder: data_folder, port: server.port });
  for (const { page } of [ada, ben]) {
    await until(page, "online again", () => window.thexr.app.visit.connection$.value.kind === "online");
    assert.equal(await page.evaluate(() => window.never_reloaded), true);
  }
  const { said, added } = await wished;
  assert.deepEqual([said.ok, added.ok], [true, true], JSON.stringify({ said, added }));
  for (const { page } of [ada, ben]) {
    await seesEntity(page, added.response.entity, {});
    await until(page, "both lines", () => window.thexr.app.chat.chat$.value.length >= 2);
    await seesPeople(page, ["Ada", "Ben"]);
  }
  await say(ben.page, "After");
  await until(ada.page, "the last line", () => window.thexr.app.chat.chat$.value.at(-1).text === "After");
  const lines = [["Ada", "Before"], ["Ada", "Meanwhile"], ["Ben", "After"]];
  for (const { page } of [ada, ben]) {
    assert.deepEqual(await chat(page), lines);
    assert.equal(await thingCount(page), count + 1);
  }
  await sameState(ada.page, ben.page);
  assert.deepEqual(await components(ben.page, added.response.entity), await components(ada.page, added.response.entity));
  await seesAt(ben.page, await userId(ada.page), [x, 0, z]);
  const [now_x, , now_z] = await place(ada.page);
  assert.ok(Math.hypot(now_x - x, now_z - z) < 0.05, "nobody was moved");
  contented(ada, ben);
});

test("a page nobody sees, whose timers the browser has stopped, comes back by itself when the server does", async (t) => {
  const room = await makeRoom(server, "Behind");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL, excused: LOST });
  await ada.page.evaluate(nobodyLooks);
  const state = () => ada.page.evaluate(() => window.thexr.core.state());

  await server.kill();
  await eventually("that the server is away is known", async () => (await state()) !== "live");
  server = await startServer({ dataFolder: data_folder, port: server.port });
  await eventually("live again", async () => (await state()) === "live", RETURN_MAX_MS);

  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL, excused: LOST });
  await seesPeople(ben.page, ["Ada", "Ben"]);
  await say(ben.page, "Are you there?");
  await eventually("what Ben said", async () => JSON.stringify(await chat(ada.page)).includes("Are you there?"));
  contented(ada, ben);
});

/** In the page: another tab covers it, and its timers and pictures stand still. Browsers let those of a page that waits for long run once a minute. */
function nobodyLooks() {
  Object.defineProperty(document, "hidden", { get: () => true });
  for (const name of ["setTimeout", "setInterval", "requestAnimationFrame"]) window[name] = () => 0;
  document.dispatchEvent(new Event("visibilitychange"));
}

test("a browser that loses its graphics says so, stays in the room without them, and draws again when it has them back", async (t) => {
  const room = await makeRoom(server, "Blackout");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  await seesPeople(ben.page, ["Ada", "Ben"]);
  await ada.page.evaluate(() => {
    window.graphics = document.getElementById("view").getContext("webgl2").getExtension("WEBGL_lose_context");
    window.graphics.loseContext();
  });
  const gone = ada.page.getByRole("alert").filter({ hasText: "The picture is gone" });
  await gone.getByRole("button", { name: "Reload" }).waitFor();
  // Without pictures there are no frames; what one does and hears goes on.
  await say(ada.page, "I see nothing");
  await until(ben.page, "Ada's line", () => document.body.innerText.includes("I see nothing"));
  await ada.page.evaluate(() => window.graphics.restoreContext());
  await gone.waitFor({ state: "hidden" });
  const drawn = await ada.page.evaluate(() => window.thexr.scene.frameCount);
  await until(ada.page, "pictures", (before) => window.thexr.scene.frameCount > before, drawn);
  await stand(ada.page, { x: 2, z: -1 });
  await seesAt(ben.page, await userId(ada.page), await place(ada.page));
  contented(ada, ben);
});

test("a browser that draws no 3D says so, and who was too quick for that stands in no room", async (t) => {
  const room = await makeRoom(server, "Flatland");
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ada = await newVisitor(browser, { test: t, viewport: SMALL, excused: [/WebGL/i] });
  await ada.page.addInitScript(() => {
    const context = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
      return kind.startsWith("webgl") ? null : context.call(this, kind, ...more);
    };
    window.lines = [];
    window.WebSocket = class extends WebSocket {
      constructor(...address) {
        super(...address);
        window.lines.push(this);
      }
    };
    // Goes in before anything but the lobby is there.
    const enter = () => [...document.querySelectorAll("[role=dialog] button")].find((button) => button.textContent.trim() === "Enter");
    const watch = new MutationObserver(() => {
      if (enter() === undefined) return;
      watch.disconnect();
      enter().click();
    });
    addEventListener("DOMContentLoaded", () => watch.observe(document.body, { childList: true, subtree: true }));
  });
  await ada.page.goto(room.url);
  await ada.page.getByRole("heading", { name: "This browser shows no 3D" }).waitFor();
  await until(ada.page, "the line given back", () => window.lines.length > 0 && window.lines.every(({ readyState }) => readyState === WebSocket.CLOSED));
  await seesPeople(ben.page, ["Ben"]);
  contented(ada, ben);
});
