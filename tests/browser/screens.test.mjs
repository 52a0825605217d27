/**
 * People share onto a screen and others see it: a camera, a window; one at a time, until it ends.
 *
 * The browser's pretended camera shows a picture that moves; what is pretended to be a window says which way round it is by its colours.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { eventually, startServer } from "../support/server.mjs";
import { hears, sendBy } from "./talk.mjs";
import { contented, enter, guest, makeRoom, openLobby, seesEntity, seesPeople, stand, until, userId } from "./visit.mjs";

/** Where the middle of the screen is, metres; it looks towards whoever stands at less z. */
const SCREEN = { x: 0, y: 1.76, z: 4 };
/** A little aside of the middle of each quarter, metres from the screen's middle: a crosshair stands in the middle of all. */
const QUARTERS = { top_left: [-0.8, 0.45], top_right: [0.8, 0.45], bottom_left: [-0.8, -0.4], bottom_right: [0.8, -0.4] };
/** A window with the whole bar. */
const WIDE = { width: 1_000, height: 640 };
/** Vertical field of view of a page, radians. */
const FIELD_OF_VIEW = 1.05;

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("a window that one shares is seen the right way round by who is there and who comes later, and by nobody once it ends", async (t) => {
  const room = await makeRoom(server, "Cinema");
  const [ada, ben] = [await sharer(t, room, "Ada"), await guest(browser, t, room, "Ben")];
  const screen = await addScreen(ada.page);
  await seesPeople(ben.page, ["Ada", "Ben"]);
  for (const { page } of [ada, ben]) await before(page);

  await share(ada.page, "Screen or window");
  await seesEntity(ben.page, screen, { shared_by: await userId(ada.page) });
  await until(ada.page, "the button lit", () => document.querySelector('button[aria-label="Stop sharing"]') !== null);
  for (const { page } of [ben, ada]) await seesQuarters(page, screen);

  const cleo = await guest(browser, t, room, "Cleo");
  await before(cleo.page);
  await seesQuarters(cleo.page, screen);

  // One at a time: whoever else presses is told who shares.
  await ben.page.getByRole("button", { name: "Share", exact: true }).click();
  await ben.page.getByRole("dialog", { name: "Share" }).getByText("Ada shares here.").waitFor();
  await ben.page.keyboard.press("Escape");
  const refused = await ben.page.evaluate((entity) => window.thexr.app.wishes.ask("share_screen", { entity }), screen);
  assert.deepEqual([refused.ok, refused.reason], [false, "screen_taken"]);

  // The browser's own button ends it as well.
  await ada.page.evaluate(() => window.pretended.getVideoTracks()[0].dispatchEvent(new Event("ended")));
  await seesEntity(ben.page, screen, { shared_by: null });
  for (const { page } of [ada, ben, cleo]) await seesNothing(page, screen);
  await until(ada.page, "the button dark", () => document.querySelector('button[aria-label="Share"]') !== null);
  contented(ada, ben, cleo);
});

test("a camera is seen to move; a press ends it, and so does leaving", async (t) => {
  const room = await makeRoom(server, "Faces");
  const [ada, ben] = [await sharer(t, room, "Ada"), await sharer(t, room, "Ben")];
  const screen = await addScreen(ada.page);
  await seesPeople(ben.page, ["Ada", "Ben"]);
  for (const { page } of [ada, ben]) await before(page);

  // A click on the screen asks as the button does.
  await clickScreen(ada.page);
  await ada.page.getByRole("dialog", { name: "Share" }).getByRole("button", { name: "Camera" }).click();
  await seesPicture(ben.page, screen);
  const first = JSON.stringify(await middle(ben.page));
  await eventually("another picture", async () => JSON.stringify(await middle(ben.page)) !== first);
  await ada.page.getByRole("button", { name: "Stop sharing" }).click();
  await seesEntity(ben.page, screen, { shared_by: null });
  await seesNothing(ben.page, screen);

  await share(ben.page, "Camera");
  await seesPicture(ada.page, screen);
  await ben.page.evaluate(() => window.thexr.app.visit.leave());
  await seesEntity(ada.page, screen, { shared_by: null });
  await seesNothing(ada.page, screen);
  contented(ada, ben);
});

test("where no UDP comes through what others share is seen by TCP, and one's own is shared by it", async (t) => {
  const by_tcp = await startServer({ env: { THEXR_VOICE_TCP_LISTEN: "127.0.0.1:0" }, test: t });
  const room = await makeRoom(by_tcp, "Office");
  const [ada, ben] = [await sharer(t, room, "Ada"), await sharer(t, room, "Ben", { udp_port: null })];
  const screen = await addScreen(ada.page);
  await seesPeople(ben.page, ["Ada", "Ben"]);
  for (const { page } of [ada, ben]) await before(page);
  await until(ben.page, "the way by TCP", () => window.thexr.app.voice.numbers$.value?.path === "tcp");
  await share(ada.page, "Screen or window");
  await seesQuarters(ben.page, screen);
  await ada.page.getByRole("button", { name: "Stop sharing" }).click();
  await seesNothing(ben.page, screen);
  await share(ben.page, "Screen or window");
  await seesQuarters(ada.page, screen);
  contented(ada, ben);
});

test("a room without a screen says so, and a moderator ends what others share", async (t) => {
  const room = await makeRoom(server, "Order");
  const [ada, ben] = [await sharer(t, room, "Ada"), await sharer(t, room, "Ben", { viewport: WIDE })];
  await seesPeople(ben.page, ["Ada", "Ben"]);
  for (const { page } of [ada, ben]) await hears(page);
  await ben.page.getByRole("button", { name: "Share", exact: true }).click();
  await ben.page.getByText("This room has no screen. Put one up in Build.").waitFor();
  await ben.page.keyboard.press("Escape");

  const screen = await addScreen(ada.page);
  for (const { page } of [ada, ben]) await before(page);
  await share(ben.page, "Camera");
  await seesPicture(ada.page, screen);
  await appoint(room, await userId(ada.page));
  await until(ada.page, "Ada keeps order", () => window.thexr.app.rights.rights$.value.may.includes("moderate"));
  await ada.page.getByRole("button", { name: "Share", exact: true }).click();
  await ada.page.getByRole("dialog", { name: "Share" }).getByText("Ben shares here.").waitFor();
  await ada.page.getByRole("button", { name: "Stop it" }).click();
  await seesEntity(ada.page, screen, { shared_by: null });
  await until(ben.page, "Ben shares no more", () => window.thexr.app.screens.sharing$.value.kind === "off");
  await seesNothing(ada.page, screen);
  contented(ada, ben);
});

/** Makes somebody a moderator, as the room's maker. */
async function appoint(room, user_id) {
  const headers = { authorization: `Bearer ${room.token}` };
  const response = await server.fetch(`/api/v1/rooms/${room.id}/acts`, { method: "POST", headers, body: { command: "set_role", payload: { user_id, role: "moderator" } } });
  assert.equal(response.status, 200, await response.clone().text());
}

/** Somebody whose browser gives a camera, and for a window a picture of four colours. */
async function sharer(t, room, nickname, { viewport, udp_port } = {}) {
  const visitor = await newVisitor(browser, { test: t, viewport });
  if (udp_port !== undefined) await sendBy(visitor.context, udp_port);
  await visitor.context.grantPermissions(["microphone", "camera"]);
  await visitor.context.addInitScript(pretendWindow);
  await openLobby(visitor.page, room);
  await enter(visitor.page, nickname);
  return visitor;
}

function pretendWindow() {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const pen = canvas.getContext("2d");
    const draw = (nth) => {
      for (const [at, colour] of ["#e00000", "#00c000", "#0000e0", "#f0f0f0"].entries()) {
        pen.fillStyle = colour;
        pen.fillRect((at % 2) * 320, Math.floor(at / 2) * 180, 320, 180);
      }
      pen.fillStyle = nth % 2 === 0 ? "#000000" : "#ffff00";
      pen.fillRect(310, 170, 20, 20);
    };
    let nth = 0;
    setInterval(() => draw((nth += 1)), 100);
    draw(0);
    window.pretended = canvas.captureStream(10);
    return window.pretended;
  };
}

async function addScreen(page) {
  const components = { shape: { kind: "box", width: 3.2, height: 1.92, depth: 0.06 }, color: "#2F3540", screen: {}, position: [SCREEN.x, SCREEN.y, SCREEN.z] };
  const reply = await page.evaluate((what) => window.thexr.app.wishes.command("create_entity", { components: what }), components);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  return reply.response.entity;
}

/** Stands before the screen, with a line. */
async function before(page) {
  await stand(page, { x: 0, y: 1.76, z: 0 });
  await hears(page);
}

/** Clicks on the screen, a little aside of its middle. */
async function clickScreen(page) {
  await until(page, "the screen in reach", () => window.thexr.app.screens.screens$.value.some(({ faced }) => faced));
  const { width, height } = page.viewportSize();
  await page.mouse.click(width / 2 + 12, height / 2 + 8);
}

/** Shares as a person does: the button, then what. */
async function share(page, what) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByRole("dialog", { name: "Share" }).getByRole("button", { name: what }).click();
  await until(page, `${what} shared`, () => window.thexr.app.screens.sharing$.value.kind === "on");
}

async function seesPicture(page, screen) {
  await until(page, "a picture", (entity) => window.thexr.scene.pictured(entity) !== null, screen);
}

async function seesNothing(page, screen) {
  await until(page, "no picture", (entity) => window.thexr.scene.pictured(entity) === null, screen);
}

async function seesQuarters(page, screen) {
  await seesPicture(page, screen);
  await eventually("four colours, the right way round", async () => {
    const seen = await colours(page);
    const is = ([r, g, b], [wanted_r, wanted_g, wanted_b]) => Math.abs(r - wanted_r) + Math.abs(g - wanted_g) + Math.abs(b - wanted_b) < 120;
    const { top_left, top_right, bottom_left, bottom_right } = seen;
    return is(top_left, [224, 0, 0]) && is(top_right, [0, 192, 0]) && is(bottom_left, [0, 0, 224]) && is(bottom_right, [240, 240, 240]);
  });
}

/** The colours of the four quarters of the screen, as the page shows them. */
async function colours(page) {
  const seen = await pixels(page, Object.values(QUARTERS));
  return Object.fromEntries(Object.keys(QUARTERS).map((name, at) => [name, seen[at]]));
}

/** Colours around the middle of the screen, where the pretended camera's picture turns. */
async function middle(page) {
  const around = Array.from({ length: 12 }, (_, nth) => (nth * Math.PI) / 6);
  return await pixels(page, around.map((angle) => [0.25 * Math.sin(angle), 0.25 * Math.cos(angle)]));
}

/** Colours of places of the screen, metres from its middle, as the page shows them. */
async function pixels(page, places) {
  const { width, height } = page.viewportSize();
  const px_m = height / 2 / Math.tan(FIELD_OF_VIEW / 2) / SCREEN.z;
  const points = places.map(([x, y]) => [width / 2 + x * px_m, height / 2 - y * px_m]);
  const picture = (await page.screenshot({ scale: "css" })).toString("base64");
  return await page.evaluate(
    async ({ picture, points }) => {
      const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      pen.drawImage(bitmap, 0, 0);
      return points.map(([x, y]) => [...pen.getImageData(Math.round(x), Math.round(y), 1, 1).data].slice(0, 3));
    },
    { picture, points },
  );
}
