/** People with different rights: each is shown what they may do, and sees it come and go. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { chat, contented, guest, makeRoom, say, seesEntity, seesPeople, until } from "./visit.mjs";

/** Wide enough for the bar and a drawer beside the view, as on a laptop. */
const WIDE = { width: 860, height: 500 };
const PHONE = { width: 390, height: 844 };

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("the owner closes building and it goes away for a visitor; made a builder, the visitor has it back", async (t) => {
  const { ada, ben } = await ownerAndVisitor(t, "Site");
  await bar(ben.page).getByRole("button", { name: "Build" }).click();
  await drawer(ben.page, "Build").waitFor();

  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("button", { name: "Room settings" }).click();
  await ada.page.getByLabel("Who may build").selectOption("builder");
  await ben.page.getByText("The owner has closed building for visitors.").waitFor();
  await drawer(ben.page, "Build").waitFor({ state: "detached" });
  assert.equal(await bar(ben.page).getByRole("button", { name: "Build" }).count(), 0);
  await bar(ada.page).getByRole("button", { name: "Build" }).waitFor();
  const refused = await ben.page.evaluate(() => window.thexr.app.building.add("box"));
  assert.deepEqual([refused.ok, refused.reason], [false, "forbidden"]);

  // Neither the key nor the menu of a phone is a way around.
  await ben.page.keyboard.press("b");
  await ben.page.getByText("Builders and above may build here.").waitFor();
  assert.equal(await ben.page.evaluate(() => window.thexr.app.building.build$.value), false);
  await ben.page.setViewportSize(PHONE);
  await bar(ben.page).getByRole("button", { name: "Menu" }).click();
  const menu = ben.page.getByRole("navigation", { name: "Menu" });
  await menu.getByRole("button", { name: "People" }).waitFor();
  for (const name of ["Build", "Room settings"]) assert.equal(await menu.getByRole("button", { name }).count(), 0, name);
  await ben.page.getByRole("button", { name: "Close" }).click();
  await ben.page.setViewportSize(WIDE);

  const about = await aboutPerson(ada.page, "Ben");
  await about.getByLabel("Role").selectOption("builder");
  await ben.page.getByText("You are a builder now. You may build.").waitFor();
  await bar(ben.page).getByRole("button", { name: "Build" }).click();
  await drawer(ben.page, "Build").waitFor();
  const made = await ben.page.evaluate(() => window.thexr.app.building.add("box"));
  assert.equal(made.ok, true, JSON.stringify(made));
  await seesEntity(ada.page, made.response.entity, {});
  await listed(ada.page).getByText("builder", { exact: true }).waitFor();
  contented(ada, ben);
});

test("who is muted is told so instead of writing; who blocks and is blocked do not meet until they do again", async (t) => {
  const { ada, ben } = await ownerAndVisitor(t, "Salon");
  await say(ada.page, "Welcome");
  await until(ben.page, "the welcome", () => window.thexr.app.chat.chat$.value.length === 1);

  const about = await aboutPerson(ada.page, "Ben");
  await about.getByRole("button", { name: "Mute for everyone", exact: true }).click();
  await listed(ada.page).getByText("muted", { exact: true }).waitFor();
  await bar(ben.page).getByRole("button", { name: "Chat" }).click();
  await drawer(ben.page, "Chat").getByText("A moderator has muted you").waitFor();
  const field = ben.page.getByLabel("Write to everyone here");
  assert.equal(await field.count(), 0);
  const refused = await ben.page.evaluate(() => window.thexr.app.chat.say("Still here"));
  assert.deepEqual([refused.ok, refused.reason], [false, "muted"]);
  await about.getByRole("button", { name: "Unmute for everyone" }).click();
  await field.waitFor();

  await (await aboutPerson(ben.page, "Ada")).getByRole("button", { name: "Block", exact: true }).click();
  await seesPeople(ada.page, ["Ada"]);
  await seesPeople(ben.page, ["Ada", "Ben"]);
  await listed(ben.page).getByText("blocked", { exact: true }).waitFor();
  for (const { page } of [ada, ben]) await seesFigures(page, 0);
  await ada.page.keyboard.press("Escape");
  await say(ada.page, "Anyone?");
  assert.equal((await ben.page.evaluate(() => window.thexr.app.chat.say("Quiet here"))).ok, true);
  await until(ben.page, "the own line", () => window.thexr.app.chat.chat$.value.at(-1).text === "Quiet here");
  assert.ok((await chat(ben.page)).every(([, text]) => text !== "Anyone?"));
  await bar(ben.page).getByRole("button", { name: "Chat" }).click();
  await drawer(ben.page, "Chat").getByText("Quiet here").waitFor();
  assert.equal(await drawer(ben.page, "Chat").getByText("Welcome").count(), 0, "nor what was said before");

  await bar(ben.page).getByRole("button", { name: "People" }).click();
  await listed(ben.page).getByRole("button", { name: "Unblock Ada" }).click();
  await seesPeople(ada.page, ["Ada", "Ben"]);
  for (const { page } of [ada, ben]) await seesFigures(page, 1);
  contented(ada, ben);
});

/** Ada, who made the room, and Ben, who came by. */
async function ownerAndVisitor(t, name) {
  const room = await makeRoom(server, name);
  const ada = await guest(browser, t, { url: `${room.url}#token=${room.token}` }, "Ada", { viewport: WIDE });
  const ben = await guest(browser, t, room, "Ben", { viewport: WIDE });
  await seesPeople(ada.page, ["Ada", "Ben"]);
  return { ada, ben };
}

function bar(page) {
  return page.getByRole("navigation", { name: "Room" });
}

function drawer(page, name) {
  return page.getByRole("region", { name, exact: true });
}

/** The people on the list, without oneself. */
function listed(page) {
  return page.getByRole("list", { name: "People here" });
}

/** Opens what one may do to someone. */
async function aboutPerson(page, nickname) {
  if ((await listed(page).count()) === 0) await bar(page).getByRole("button", { name: "People" }).click();
  await listed(page).getByRole("button", { name: `About ${nickname}` }).click();
  const about = page.getByRole("region", { name: `About ${nickname}` });
  await about.waitFor();
  return about;
}

/** Waits until so many others stand in the room for a page. */
async function seesFigures(page, count) {
  const standing = (wanted) => Object.keys(window.thexr.scene.avatarPositions()).length === wanted;
  await until(page, `${count} others standing there`, standing, count);
}
