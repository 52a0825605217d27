/** Voices find their way: by TCP where no UDP goes, anew when a network or the server was away, and where there is no way that is said. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { udpLineTo } from "../support/udp_line.mjs";
import { carries, hears, hearsSomething, microphone, sendBy } from "./talk.mjs";
import { contented, enter, guest, inside, makeRoom, openLobby, seesPeople, until, userId } from "./visit.mjs";

const SMALL = { width: 320, height: 240 };
/** What a page logs while its server is away. */
const LOST = [/WebSocket connection/, /ERR_CONNECTION_REFUSED/];

const data_folder = await mkdtemp(join(tmpdir(), "thexr-voices-"));
let server = await startServer({ dataFolder: data_folder });
after(async () => {
  await server.kill();
  await rm(data_folder, { recursive: true, force: true });
});
const browser = await launchBrowser({ after });

test("where no UDP comes through voices come and go by TCP, and the connection's panel says so", async (t) => {
  const by_tcp = await startServer({ env: { THEXR_VOICE_TCP_LISTEN: "127.0.0.1:0" }, test: t });
  const room = await makeRoom(by_tcp, "Office");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await guestBy(null, t, room, "Ben");
  for (const { page } of [ada, ben]) await hears(page);
  await talk(ada, ben);
  await talk(ben, ada);
  await until(ben.page, "the way by TCP", () => window.thexr.app.voice.numbers$.value?.path === "tcp");
  await until(ada.page, "the way by UDP", () => window.thexr.app.voice.numbers$.value?.path === "udp");
  const panel = await connectionPanel(ben.page);
  await panel.getByText("Direct (TCP)").waitFor();
  contented(ada, ben);
});

test("when the network of voices changes their line is made anew, and both are heard again without a click", async (t) => {
  const room = await makeRoom(server, "Train");
  const line = await udpLineTo(server.port, t);
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await guestBy(line.port, t, room, "Ben");
  for (const { page } of [ada, ben]) await hears(page);
  await talk(ada, ben);
  await talk(ben, ada);

  // A tunnel: nothing comes through until that is known.
  line.die();
  const died_ms = Date.now();
  await lost(ben.page);
  t.diagnostic(`without a network: known after ${Date.now() - died_ms} ms`);
  line.revive();
  t.diagnostic(`the network is back: ${await heardAgain(ada, ben)}`);

  // Another network at once, which knows nothing of what came by the one before.
  line.die();
  line.revive();
  const changed_ms = Date.now();
  await lost(ben.page);
  t.diagnostic(`in another network: known after ${Date.now() - changed_ms} ms`);
  t.diagnostic(`since then: ${await heardAgain(ada, ben)}`);
  contented(ada, ben);
});

test("when the server dies and comes back voices do so by themselves, and whoever was on the air still is", async (t) => {
  const room = await makeRoom(server, "Phoenix");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL, excused: LOST });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL, excused: LOST });
  await seesPeople(ada.page, ["Ada", "Ben"]);
  for (const { page } of [ada, ben]) await hears(page);
  await talk(ada, ben);
  await talk(ben, ada);

  await server.kill();
  for (const { page } of [ada, ben]) await until(page, "that the server is away is known", () => window.thexr.app.visit.connection$.value.kind === "reconnecting");
  server = await startServer({ dataFolder: data_folder, port: server.port });
  const back_ms = Date.now();
  for (const { page } of [ada, ben]) await until(page, "online again", () => window.thexr.app.visit.connection$.value.kind === "online");
  const online_ms = Date.now() - back_ms;
  for (const { page } of [ada, ben]) {
    await inside(page);
    await hears(page);
    assert.equal(await page.evaluate(() => window.thexr.app.voice.microphone$.value), "on");
  }
  await heardAgain(ada, ben);
  t.diagnostic(`both online ${online_ms} ms after the server was back, heard after ${Date.now() - back_ms} ms`);
  contented(ada, ben);
});

test("in a network that lets no voices through the connection's panel says what to do, and when it does they come", async (t) => {
  const room = await makeRoom(server, "Hotel");
  const line = await udpLineTo(server.port, t);
  line.die();
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await guestBy(line.port, t, room, "Ben");
  await hears(ada.page);
  await microphone(ada.page, "on");
  const panel = await connectionPanel(ben.page);
  await panel.getByText("Your network lets no voices through.").waitFor();
  await panel.getByText(`allow UDP port ${server.port} to 127.0.0.1`).waitFor();

  line.revive();
  await panel.getByText("Direct (UDP)").waitFor();
  await carries(ben.page, await userId(ada.page));
  await hearsSomething(ben.page);
  contented(ada, ben);
});

/** Somebody inside whose voices go to another port of UDP, or to none. */
async function guestBy(udp_port, test, room, nickname) {
  const visitor = await newVisitor(browser, { test, viewport: SMALL });
  await sendBy(visitor.context, udp_port);
  await openLobby(visitor.page, room);
  await enter(visitor.page, nickname);
  return visitor;
}

/** One turns on their microphone, and another hears them. */
async function talk(speaker, listener) {
  await microphone(speaker.page, "on");
  await carries(listener.page, await userId(speaker.page));
  await hearsSomething(listener.page);
}

/** Waits until it is known that nothing comes by a line any more. */
async function lost(page) {
  await until(page, "a lost line", () => window.thexr.app.voice.hearing$.value.kind !== "connected");
}

/** Waits until the second one has a line again, and both hear each other; resolves to how long that took, in words. */
async function heardAgain(ada, ben) {
  const from_ms = Date.now();
  await hears(ben.page);
  const connected_ms = Date.now() - from_ms;
  for (const [listener, speaker] of [[ben, ada], [ada, ben]]) {
    await carries(listener.page, await userId(speaker.page));
    await hearsSomething(listener.page);
  }
  return `a line after ${connected_ms} ms, both heard after ${Date.now() - from_ms} ms`;
}

async function connectionPanel(page) {
  await page.getByRole("button", { name: /^Connection:/ }).click();
  return page.getByRole("region", { name: "Connection" });
}
