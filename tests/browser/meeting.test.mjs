/** People who meet: seeing each other, talking, looking on, and being one person in two tabs. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import {
  chat,
  contented,
  guest,
  inside,
  makeRoom,
  openLobby,
  place,
  say,
  sameState,
  seesAt,
  seesPeople,
  stand,
  until,
  userId,
} from "./visit.mjs";

/** The picture of a watcher: small, so that it is drawn often. */
const SMALL = { width: 320, height: 240 };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("two people see each other walk smoothly, end where they stand, and one who leaves is gone", async (t) => {
  const room = await makeRoom(server, "Meeting");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const ada_id = await userId(ada.page);
  await stand(ada.page, { x: 0, z: -8 });
  await seesAt(ben.page, ada_id, await place(ada.page));
  for (const { page } of [ada, ben]) {
    await seesPeople(page, ["Ada", "Ben"]);
    await page.getByRole("button", { name: "2 people" }).waitFor();
    await until(page, "the other is drawn", () => window.thexr.scene.avatarCount === 1);
  }

  const seen = await watch(ben.page, ada_id);
  await ada.page.keyboard.down("w");
  await until(ada.page, "walked five metres", () => window.thexr.scene.cameraPosition()[2] > -3);
  await ada.page.keyboard.up("w");
  await until(ada.page, "stands still", standsStill);
  const end = await place(ada.page);
  await seesAt(ben.page, ada_id, end);
  walkedSmoothly(await seen(), end[2]);

  await stand(ben.page, { x: 2, z: 1 });
  await seesAt(ada.page, await userId(ben.page), await place(ben.page));

  await ben.page.keyboard.press("Tab");
  const listed = await ben.page.getByRole("list", { name: "People here" }).locator(".name").allInnerTexts();
  assert.deepEqual(listed.map((text) => text.trim()), ["Ada"]);
  await ada.page.evaluate(() => window.thexr.app.visit.leave());
  await seesPeople(ben.page, ["Ben"]);
  await until(ben.page, "nobody else is drawn", () => window.thexr.scene.avatarCount === 0);
  assert.deepEqual(await ben.page.evaluate(() => window.thexr.scene.avatarPositions()), {});
  contented(ada, ben);
});

test("what one says the other reads, both ways, and markup stays text", async (t) => {
  const room = await makeRoom(server, "Talking");
  const ada = await guest(browser, t, room, "Ada <i>", { viewport: SMALL });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const markup = `<b onclick="alert(1)">loud</b> & <img src=x onerror="document.title='broken'">`;
  await say(ada.page, markup);
  await ben.page.getByRole("log", { name: "What just happened" }).getByText(`Ada <i>: ${markup}`, { exact: true }).waitFor();
  await ben.page.keyboard.press("t");
  const log = ben.page.getByRole("log", { name: "Chat" });
  await log.getByText(markup, { exact: true }).waitFor();
  await log.getByText("Ada <i>", { exact: true }).waitFor();
  assert.equal(await log.locator("b, img, i").count(), 0);
  await ben.page.keyboard.press("Escape");
  await say(ben.page, "Quiet, please");
  await until(ada.page, "Ben's line", () => window.thexr.app.chat.chat$.value.length === 2);
  for (const { page } of [ada, ben]) assert.deepEqual(await chat(page), [["Ada <i>", markup], ["Ben", "Quiet, please"]]);

  await ada.page.keyboard.press("Tab");
  await ada.page.getByRole("list", { name: "People here" }).getByRole("button", { name: "About Ben" }).click();
  await ada.page.getByRole("region", { name: "About Ben" }).getByRole("button", { name: "Whisper" }).click();
  await ada.page.getByLabel("Whisper to Ben").fill("Just for you");
  await ada.page.keyboard.press("Enter");
  const lines = ben.page.getByRole("log", { name: "What just happened" });
  await lines.getByText("Ada <i> to you alone: Just for you", { exact: true }).waitFor();
  await ada.page.getByRole("log", { name: "Chat" }).getByText("to Ben", { exact: true }).waitFor();
  contented(ada, ben);
});

test("an observer sees and is not seen, cannot speak, and then enters", async (t) => {
  const room = await makeRoom(server, "Aquarium");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await newVisitor(browser, { test: t, viewport: SMALL });
  await openLobby(ben.page, room);
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByRole("button", { name: "Observe" }).click();
  await inside(ben.page, "observe");
  await stand(ada.page, { x: 1, z: 3 });
  await seesAt(ben.page, await userId(ada.page), await place(ada.page));
  await until(ben.page, "Ada is drawn", () => window.thexr.scene.avatarCount === 1);
  await seesPeople(ben.page, ["Ada"]);
  await ben.page.keyboard.press("t");
  await ben.page.getByText("Enter the room to write.").waitFor();
  await ben.page.keyboard.press("Escape");
  await seesPeople(ada.page, ["Ada"]);
  assert.equal(await ada.page.evaluate(() => window.thexr.scene.avatarCount), 0);

  await ben.page.getByRole("complementary", { name: "Observing" }).getByRole("button", { name: "Enter" }).click();
  await inside(ben.page, "enter");
  for (const { page } of [ada, ben]) await seesPeople(page, ["Ada", "Ben"]);
  await until(ada.page, "Ben is drawn", () => window.thexr.scene.avatarCount === 1);
  await sameState(ada.page, ben.page);
  contented(ada, ben);
});

test("two tabs of one person are one person, and “Continue here” hands the avatar over", async (t) => {
  const room = await makeRoom(server, "Twice");
  const ada = await guest(browser, t, room, "Ada", { viewport: SMALL });
  const ben = await guest(browser, t, room, "Ben", { viewport: SMALL });
  const second = await ada.newTab();
  await openLobby(second, room);
  assert.equal(await second.getByLabel("Your name").inputValue(), "Ada");
  await second.getByRole("button", { name: "Enter", exact: true }).click();
  await inside(second);
  for (const page of [ada.page, second, ben.page]) await seesPeople(page, ["Ada", "Ben"]);
  await until(ada.page, "the first tab follows", () => !window.thexr.app.visit.driver$.value);

  await stand(second, { x: 3, z: 2 });
  await seesAt(ben.page, await userId(ada.page), await place(second));
  await ada.page.getByRole("button", { name: "Continue here" }).click();
  await until(ada.page, "the first tab drives", () => window.thexr.app.visit.driver$.value);
  await until(second, "the second tab follows", () => !window.thexr.app.visit.driver$.value);
  await second.getByRole("button", { name: "Continue here" }).waitFor();
  await stand(ada.page, { x: -3, z: 0 });
  await seesAt(ben.page, await userId(ada.page), await place(ada.page));
  await second.close();
  await seesPeople(ben.page, ["Ada", "Ben"]);
  await sameState(ada.page, ben.page);
  contented(ada, ben);
});

/** Notes, picture by picture, where a page shows someone; the returned function ends it and tells. */
async function watch(page, user_id) {
  await page.evaluate((id) => {
    const seen = [];
    const look = () => {
      const head = window.thexr.scene.avatarPositions()[id];
      if (head !== undefined) seen.push(head[2]);
      window.watching = requestAnimationFrame(look);
    };
    look();
    window.seen = seen;
  }, user_id);
  return () => page.evaluate(() => {
    cancelAnimationFrame(window.watching);
    return window.seen;
  });
}

/** In the page: true when the visitor did not move since the last time this was asked. */
function standsStill() {
  const { scene } = window.thexr;
  const before = window.stood;
  // Between two frames everyone stands still.
  if (before !== undefined && scene.frameCount < before.frame + 3) return false;
  window.stood = { z: scene.cameraPosition()[2], frame: scene.frameCount };
  return before?.z === window.stood.z;
}

/** Five metres along z, seen as many small steps forward, without a leap. */
function walkedSmoothly(seen, end) {
  // On a late line a walk is continued for at most 100 ms and then taken back: 26 cm at walking speed.
  const BACK_MAX_M = 0.3;
  const LEAP_MAX_M = 1.5;
  const STEPS_MIN = 10;
  const steps = seen.slice(1).map((z, index) => z - seen[index]);
  const between = new Set(seen.filter((z) => z > -7.8 && z < end - 0.2).map((z) => z.toFixed(3)));
  assert.ok(between.size >= STEPS_MIN, `only ${between.size} places between start and end`);
  assert.ok(Math.min(...steps) > -BACK_MAX_M, `a step back of ${-Math.min(...steps)} m`);
  assert.ok(Math.max(...steps) < LEAP_MAX_M, `a leap of ${Math.max(...steps)} m`);
}
