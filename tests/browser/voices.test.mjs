/**
 * Three people hear each other: from where they stand, unless they are muted, through another microphone, and after a reload.
 *
 * The browser's pretended microphone beeps once a second: a story listens for longer than that.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { SILENCE_DB, carries, hears, microphone, setSound } from "./talk.mjs";
import { contented, enter, guest, inside, makeRoom, openLobby, seesPeople, stand, until, userId } from "./visit.mjs";

/** How long one listens, milliseconds: two beeps at least. */
const LISTEN_MS = 2_600;
/** A side is clearly louder than the other by so many dB. */
const CLEARLY_DB = 3;

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("one hears who is at the left at the left, who is at the right at the right, and nobody who is muted", async (t) => {
  const room = await makeRoom(server, "Choir");
  const [ada, ben, cleo] = [await guest(browser, t, room, "Ada"), await guest(browser, t, room, "Ben"), await guest(browser, t, room, "Cleo")];
  await seesPeople(ada.page, ["Ada", "Ben", "Cleo"]);
  await stand(ada.page, { x: 0, z: 0 });
  await stand(ben.page, { x: -2, z: 0 });
  await stand(cleo.page, { x: 2, z: 0 });
  for (const { page } of [ada, ben, cleo]) await hears(page);
  // Around a head a low tone comes later at the other side rather than softer: without that loudness tells the sides apart.
  await setSound(ada.page, { hrtf: false });
  assert.ok((await heard(ada.page)).left < SILENCE_DB, "nobody is heard who did not turn their microphone on");

  await microphone(ben.page, "on");
  await carries(ada.page, await userId(ben.page));
  const left = await heard(ada.page);
  assert.ok(left.left > SILENCE_DB && left.left - left.right > CLEARLY_DB, `Ben is at the left: ${JSON.stringify(left)}`);
  await until(ada.page, "Ben marked as speaking", (id) => window.thexr.app.voice.speakers$.value.has(id), await userId(ben.page));

  await microphone(ben.page, "off");
  await silent(ada.page, "Ben turned his microphone off");
  await microphone(cleo.page, "on");
  await carries(ada.page, await userId(cleo.page));
  const right = await heard(ada.page);
  assert.ok(right.right > SILENCE_DB && right.right - right.left > CLEARLY_DB, `Cleo is at the right: ${JSON.stringify(right)}`);

  // Turned about, right is left.
  await stand(ada.page, { x: 0, z: 0, yaw: Math.PI });
  const turned = await heard(ada.page);
  assert.ok(turned.left - turned.right > CLEARLY_DB, `Cleo is at the left now: ${JSON.stringify(turned)}`);

  // Muted for Ada alone, also after a reload.
  await muteForMe(ada.page, "Cleo");
  await silent(ada.page, "Ada muted Cleo for herself");
  assert.ok(loudest(await heard(ben.page)) > SILENCE_DB, "Ben goes on hearing Cleo");
  await ada.page.reload();
  await openLobby(ada.page, room);
  await enter(ada.page);
  await hears(ada.page);
  await silent(ada.page, "Cleo stays muted after a reload");
  await muteForMe(ada.page, "Cleo");
  await carries(ada.page, await userId(cleo.page));
  assert.ok(loudest(await heard(ada.page)) > SILENCE_DB, "Ada hears Cleo again");
  contented(ada, ben, cleo);
});

test("another microphone is taken at once, and heard", async (t) => {
  const room = await makeRoom(server, "Devices");
  const [ada, ben] = [await guest(browser, t, room, "Ada"), await guest(browser, t, room, "Ben")];
  await seesPeople(ada.page, ["Ada", "Ben"]);
  for (const { page } of [ada, ben]) await hears(page);
  await microphone(ben.page, "on");
  await carries(ada.page, await userId(ben.page));
  const other = await ben.page.evaluate(() => window.thexr.app.voice.devices$.value.microphones.at(-1));
  await setSound(ben.page, { microphone: other.id });
  await until(ben.page, `the microphone ${other.name}`, (name) => window.thexr.app.voice.device$.value === name, other.name);
  assert.ok(loudest(await heard(ada.page)) > SILENCE_DB, "Ben is heard through his other microphone");
  contented(ada, ben);
});

test("who holds a key to talk is heard while they hold it, also by somebody who only watches", async (t) => {
  const room = await makeRoom(server, "Radio");
  const ben = await guest(browser, t, room, "Ben");
  const watcher = await newVisitor(browser, { test: t });
  await openLobby(watcher.page, room);
  await watcher.page.getByRole("button", { name: "Observe" }).click();
  await inside(watcher.page, "observe");
  for (const { page } of [ben, watcher]) await hears(page);
  await setSound(ben.page, { push_to_talk: true });
  await ben.page.locator("canvas").focus();
  await ben.page.keyboard.down("m");
  await until(ben.page, "on the air", () => window.thexr.app.voice.microphone$.value === "on");
  await carries(watcher.page, await userId(ben.page));
  assert.ok(loudest(await heard(watcher.page)) > SILENCE_DB, "the watcher hears Ben");
  await ben.page.keyboard.up("m");
  await until(ben.page, "off the air", () => window.thexr.app.voice.microphone$.value === "off");
  await silent(watcher.page, "Ben let go of the key");
  // Nobody's device stays open for long.
  await until(ben.page, "the device closed", () => window.thexr.app.voice.device$.value === null);
  contented(ben, watcher);
});

/** How loud either side was while one listened, dB: the mean of what was there. */
async function heard(page) {
  return await page.evaluate(async (listen_ms) => {
    const sums = { left: 0, right: 0 };
    let looks = 0;
    for (const end_ms = performance.now() + listen_ms; performance.now() < end_ms; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const { left, right } = window.thexr.voice.loudness();
      sums.left += 10 ** (left / 10);
      sums.right += 10 ** (right / 10);
    }
    const db = (sum) => 10 * Math.log10(sum / looks + 1e-12);
    return { left: db(sums.left), right: db(sums.right) };
  }, LISTEN_MS);
}

const loudest = ({ left, right }) => Math.max(left, right);

async function silent(page, why) {
  // What was under way is played to its end.
  await page.waitForTimeout(500);
  const level = await heard(page);
  assert.ok(loudest(level) < SILENCE_DB, `${why}: ${JSON.stringify(level)}`);
}

/** Turns "Mute for me" the other way, in the list of people. */
async function muteForMe(page, nickname) {
  await page.locator("canvas").focus();
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: `About ${nickname}` }).click();
  await page.getByRole("switch", { name: "Mute for me" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
}
