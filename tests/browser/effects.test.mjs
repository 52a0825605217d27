/**
 * What a room's rules say, play and do reaches those whom it concerns: a banner over the view, a sound from its place, oneself
 * somewhere else.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { framesGoOn, presentedBy, wear } from "./headset.mjs";
import { SILENCE_DB, setSound } from "./talk.mjs";
import { contented, guest, makeRoom, place, seesAt, seesEntity, seesPeople, stand, until, userId } from "./visit.mjs";

/** Nothing of the interface lies over the middle of the picture. */
const WIDE = { width: 860, height: 500 };
const SMALL = { width: 320, height: 240 };
/** A side is clearly louder than the other by so many dB. */
const CLEARLY_DB = 3;
const SOUNDS = ["chime", "click", "buzz", "door", "thud", "pick_up", "alarm", "shot", "zap", "pain", "step", "win", "lose", "growl"];
const BOX = { x: 0, z: 1 };
const GREETING = {
  when: { used: "self" },
  then: [
    { do: "hud", text: "Hello {actor}", to: "all" },
    { do: "sound", sound: "chime" },
    { do: "teleport", to: [5, 0, 5] },
  ],
};

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("who uses a box with a rule is greeted before everyone, with a chime, and is somewhere else", async (t) => {
  const room = await makeRoom(server, "Greetings");
  const ada = await guest(browser, t, room, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: WIDE });
  await seesPeople(ada.page, ["Ada", "Ben"]);
  for (const { page } of [ada, ben]) await plays(page);
  const ada_id = await userId(ada.page);
  const box = await addBox(ada.page, BOX, { rules: [GREETING] });
  await seesEntity(ben.page, box, { name: "Box" });
  await stand(ben.page, { x: 2, z: -2 });

  // Two metres before it, looking down at it.
  await stand(ada.page, { ...BOX, z: BOX.z - 2, pitch: 0.66 });
  const middle = [WIDE.width / 2, WIDE.height / 2];
  await ada.page.mouse.move(...middle);
  await until(ada.page, "what a click would do", () => window.thexr.app.building.hint$.value !== "");
  for (const { page } of [ada, ben]) await listen(page);
  await ada.page.mouse.click(...middle);

  for (const { page } of [ada, ben]) {
    await banner(page, "Hello Ada").waitFor();
    assert.ok((await loudest(page)) > SILENCE_DB, "the chime is heard");
  }
  await until(ada.page, "Ada elsewhere", isAt, [5, 5]);
  await seesAt(ben.page, ada_id, [5, 0, 5]);
  await banner(ben.page, "Hello Ada").waitFor({ state: "detached" });
  contented(ada, ben);
});

test("every sound is made of its recipe: loud enough, never too loud, and over in silence within three seconds", async (t) => {
  const ada = await guest(browser, t, await makeRoom(server, "Foley"), "Ada", { viewport: SMALL });
  await plays(ada.page);
  await ada.page.evaluate(() => {
    window.made = [];
    const start = OfflineAudioContext.prototype.startRendering;
    OfflineAudioContext.prototype.startRendering = async function () {
      const sound = await start.call(this);
      window.made.push(sound);
      return sound;
    };
  });
  for (const [at, sound] of SOUNDS.entries()) {
    await tell(ada.page, "sound_played", { sound });
    await until(ada.page, `${sound} made`, (count) => window.made.length === count, at + 1);
    const { seconds, finite, peak, end } = await ada.page.evaluate(measure);
    assert.ok(finite && peak >= 0.1 && peak <= 1 && end < 0.001 && seconds < 3, `${sound}: ${JSON.stringify({ seconds, finite, peak, end })}`);
  }
  // A second time it is there already, and a name that nobody knows is a chime.
  await tell(ada.page, "sound_played", { sound: "thunder" });
  assert.equal(await ada.page.evaluate(() => window.made.length), SOUNDS.length);
  contented(ada);
});

test("an effect comes from where its thing is, is as loud as one likes, and stands as words for who wants them", async (t) => {
  const ada = await guest(browser, t, await makeRoom(server, "Bells"), "Ada", { viewport: WIDE });
  const { page } = ada;
  await plays(page);
  // Around a head a low tone comes later at the other side rather than softer: without that loudness tells the sides apart.
  await setSound(page, { hrtf: false, captions: true });
  const box = await addBox(page, { x: -2, z: 0 });
  await stand(page, { x: 0, z: 0 });
  const left = await heard(page, { sound: "alarm", entity: box });
  assert.ok(left.left > SILENCE_DB && left.left - left.right > CLEARLY_DB, `the box is at the left: ${JSON.stringify(left)}`);
  await page.getByRole("log", { name: "What just happened" }).getByText("[alarm]").waitFor();
  await stand(page, { x: 0, z: 0, yaw: Math.PI });
  const right = await heard(page, { sound: "alarm", entity: box });
  assert.ok(right.right - right.left > CLEARLY_DB, `the box is at the right now: ${JSON.stringify(right)}`);
  const around = await heard(page, { sound: "alarm", entity: null });
  assert.ok(Math.abs(around.left - around.right) < 1, `all around: ${JSON.stringify(around)}`);
  await stand(page, { x: 18, z: 0 });
  const far = await heard(page, { sound: "alarm", entity: box });
  assert.ok(far.right < right.right - 10, `softer from afar: ${JSON.stringify(far)}`);
  await setSound(page, { effects: 0 });
  const muted = await heard(page, { sound: "alarm", entity: null });
  assert.ok(Math.max(muted.left, muted.right) < SILENCE_DB, `muted: ${JSON.stringify(muted)}`);
  contented(ada);
});

test("with a headset, too, one is sent elsewhere: the head is over the place, and sees again", async (t) => {
  const room = await makeRoom(server, "Elsewhere");
  const ada = await guest(browser, t, room, "Ada", { headset: true });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ada_id = await userId(ada.page);
  await wear(ada.page);
  await stand(ada.page, { x: 0, z: 0 });
  await tell(ada.page, "user_teleported", { user_id: ada_id, position: [5, 0, 5] });
  await until(ada.page, "Ada elsewhere", isAt, [5, 5]);
  await framesGoOn(ada.page);
  await seesAt(ben.page, ada_id, [5, 0, 5]);
  const [, eyes] = await place(ada.page);
  assert.ok(eyes > 1.2 && eyes < 2, `her eyes are at ${eyes} m`);
  await ada.page.evaluate(() => window.thexr.app.hud.hud$.next({ text: "Hello Ada", tone: "plain", banner_ms: 20_000 }));
  await until(ada.page, "the banner before her eyes", () => window.thexr.scene.panels().some(({ words }) => words.some(({ text }) => text === "Hello Ada")));
  await presentedBy(ada.page, "headset");
  contented(ada, ben);
});

/** Waits until sounds can be played. */
async function plays(page) {
  await until(page, "what plays sounds", () => window.thexr.app.voice.port !== undefined);
}

/** Has a page hear of something as if the room told it. */
async function tell(page, event, payload) {
  await page.evaluate((fact) => window.thexr.app.events$.next({ ...fact, seq: 0, at_ms: 0 }), { event, payload });
}

async function addBox(page, { x, z }, more = {}) {
  const components = { name: "Box", shape: { kind: "box", width: 0.6, height: 0.6, depth: 0.6 }, position: [x, 0.3, z], ...more };
  const reply = await page.evaluate((what) => window.thexr.app.wishes.command("create_entity", { components: what }), components);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  await seesEntity(page, reply.response.entity, { name: "Box" });
  return reply.response.entity;
}

function banner(page, words) {
  return page.getByRole("log", { name: "What the room says" }).getByText(words, { exact: true });
}

/** Notes from now on how loud either side is at its loudest, dB. */
async function listen(page) {
  await page.evaluate(() => {
    clearInterval(window.listening);
    window.loudest = { left: -120, right: -120 };
    window.listening = setInterval(() => {
      const { left, right } = window.thexr.voice.loudness();
      window.loudest = { left: Math.max(window.loudest.left, left), right: Math.max(window.loudest.right, right) };
    }, 20);
  });
}

async function loudest(page) {
  await page.waitForTimeout(500);
  return await page.evaluate(() => Math.max(window.loudest.left, window.loudest.right));
}

/** How loud either side gets while an effect is played that the room tells of, dB. */
async function heard(page, effect) {
  // What sounded before has ended.
  await until(page, "silence", (silence_db) => Object.values(window.thexr.voice.loudness()).every((side) => side < silence_db), SILENCE_DB);
  await listen(page);
  await tell(page, "sound_played", effect);
  await page.waitForTimeout(700);
  return await page.evaluate(() => window.loudest);
}

/** In the page: whether one stands there. */
function isAt([x, z]) {
  const [at_x, , at_z] = window.thexr.scene.cameraPosition();
  return Math.hypot(at_x - x, at_z - z) < 0.3;
}

/** In the page: what the newest sound is like. */
function measure() {
  const sound = window.made.at(-1);
  const samples = sound.getChannelData(0);
  const loudest = (part) => part.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return { seconds: sound.duration, finite: samples.every(Number.isFinite), peak: loudest(samples), end: loudest(samples.subarray(-441)) };
}
