/** Motion goes by datagrams where they come through, and by the socket where they do not; whoever looks on sees nobody stop or jump. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { udpLineTo } from "../support/udp_line.mjs";
import { hears, sendBy } from "./talk.mjs";
import { contented, enter, guest, makeRoom, openLobby, place, seesAt, seesPeople, until, userId } from "./visit.mjs";

const SMALL = { width: 320, height: 240 };
/** How fast the walker goes, metres a second; whoever is seen to go much farther within a second has jumped: a page that is busy for a moment catches up. */
const WALK_M_S = 1.5;
const JUMP_M = 5;

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("motion goes by datagrams once they have proved good, by the socket when their channel closes, and nobody is seen to jump", async (t) => {
  const room = await makeRoom(server, "Two ways");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await keepsChannels(null, t, room, "Ben");
  await seesPeople(ben.page, ["Ada", "Ben"]);
  await walk(ada.page);
  await watch(ben.page, await userId(ada.page));
  for (const { page } of [ada, ben]) await goes(page, true);
  await comesBy(ben.page, true);
  await ben.page.evaluate(() => window.channels.find(({ label }) => label === "motion").close());
  await goes(ben.page, false);
  await comesBy(ben.page, false);
  const { farthest_m, moved_m } = await ben.page.evaluate(() => window.watched);
  t.diagnostic(`seen to go ${farthest_m.toFixed(1)} m within a second at the most, ${moved_m.toFixed(0)} m in all`);
  assert.ok(moved_m > 5 && farthest_m < JUMP_M, `${farthest_m} m within a second`);
  // Whoever sends by datagrams is still seen where they are.
  await standStill(ada.page);
  await seesAt(ben.page, await userId(ada.page), await place(ada.page));
  contented(ada, ben);
});

test("a network that takes no datagrams any more stops nobody, and one that takes them again carries motion again", async (t) => {
  const room = await makeRoom(server, "Tunnel");
  const line = await udpLineTo(server.port, t);
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await keepsChannels(line.port, t, room, "Ben");
  await walk(ada.page);
  const ada_id = await userId(ada.page);
  await watch(ben.page, ada_id);
  await goes(ben.page, true);
  await comesBy(ben.page, true);
  line.die();
  const died_ms = Date.now();
  await comesBy(ben.page, false);
  t.diagnostic(`by the socket again ${Date.now() - died_ms} ms after the network died`);
  await standStill(ada.page);
  await seesAt(ben.page, ada_id, await place(ada.page));
  line.revive();
  await hears(ben.page);
  await goes(ben.page, true);
  await walk(ada.page);
  await comesBy(ben.page, true);
  contented(ada, ben);
});

/** Somebody inside whose page keeps its data channels, by way of another port of UDP where there is one. */
async function keepsChannels(udp_port, test, room, nickname) {
  const visitor = await newVisitor(browser, { test, viewport: SMALL });
  await visitor.context.addInitScript(() => {
    window.channels = [];
    const create = RTCPeerConnection.prototype.createDataChannel;
    RTCPeerConnection.prototype.createDataChannel = function (...given) {
      const channel = create.apply(this, given);
      window.channels.push(channel);
      return channel;
    };
  });
  if (udp_port !== null) await sendBy(visitor.context, udp_port);
  await openLobby(visitor.page, room);
  await enter(visitor.page, nickname);
  return visitor;
}

/** Walks round and round, at the pace of pictures. */
async function walk(page) {
  await page.evaluate((speed_m_s) => {
    const from_ms = performance.now();
    const step = () => {
      const angle = (speed_m_s * (performance.now() - from_ms)) / 1_000 / 3;
      window.thexr.scene.setCamera(3 * Math.cos(angle), 1.8, 3 * Math.sin(angle));
      window.walking = requestAnimationFrame(step);
    };
    step();
  }, WALK_M_S);
}

async function standStill(page) {
  await page.evaluate(() => cancelAnimationFrame(window.walking));
}

/** Notes with every picture how far somebody has come, in all and within a second at the most. */
async function watch(page, user_id) {
  const walks = (id) => {
    const [x, , z] = window.thexr.scene.avatarPositions()[id] ?? [0, 0, 0];
    return Math.abs(Math.hypot(x, z) - 3) < 0.2;
  };
  await until(page, "somebody who walks", walks, user_id);
  await page.evaluate((id) => {
    window.watched = { farthest_m: 0, moved_m: 0 };
    let before = window.thexr.scene.avatarPositions()[id];
    let steps = [];
    const look = () => {
      const [at, ms] = [window.thexr.scene.avatarPositions()[id], performance.now()];
      if (at !== undefined) {
        const moved_m = Math.hypot(at[0] - before[0], at[2] - before[2]);
        steps = [...steps.filter((step) => ms - step.ms < 1_000), { ms, moved_m }];
        window.watched.moved_m += moved_m;
        window.watched.farthest_m = Math.max(window.watched.farthest_m, steps.reduce((sum, step) => sum + step.moved_m, 0));
        before = at;
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, user_id);
}

/** Waits until a page says that its motion goes so. */
async function goes(page, by_datagrams) {
  await until(page, by_datagrams ? "motion by datagrams" : "motion by the socket", (wanted) => window.thexr.app.motion.carried$.value === wanted, by_datagrams);
}

/** Waits until ten frames have come one way and none the other. */
async function comesBy(page, by_datagrams) {
  const look = (wanted) => {
    const { frames, datagrams } = JSON.parse(window.thexr.core.stats());
    const [from_frames, from_datagrams] = (window.counted ??= [frames, datagrams]);
    const came = frames - from_frames;
    const by = datagrams - from_datagrams;
    if (came < 10) return false;
    delete window.counted;
    return wanted ? by === came : by === 0;
  };
  await until(page, by_datagrams ? "frames by datagrams" : "frames by the socket", look, by_datagrams);
}
