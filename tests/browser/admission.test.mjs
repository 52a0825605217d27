/** The door of a full room: who finds no place among the people watches, who finds none at all waits, and both get in. */
import { after, test } from "node:test";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { contented, guest, inside, makeRoom, openLobby, seesPeople } from "./visit.mjs";

/** One person fits in, and one more connection. */
const server = await startServer({ test: { after }, args: ["--people-max", "1", "--peers-max", "2"] });
const browser = await launchBrowser({ after });

test("in a full room one watches, the next is told why they wait, and both come in when there is a place", async (t) => {
  const room = await makeRoom(server, "Small");
  const ada = await guest(browser, t, room, "Ada");

  const ben = await newVisitor(browser, { test: t });
  await openLobby(ben.page, room);
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByRole("button", { name: "Enter", exact: true }).click();
  await inside(ben.page, "observe");
  const watching = ben.page.getByRole("complementary", { name: "Observing" });
  await watching.getByText("The room is full of people, so you are watching. There is 1 inside.").waitFor();
  const enter = watching.getByRole("button", { name: "Enter" });
  await enter.and(ben.page.locator(":disabled")).waitFor();

  const cleo = await newVisitor(browser, { test: t });
  await openLobby(cleo.page, room);
  await cleo.page.getByLabel("Your name").fill("Cleo");
  await cleo.page.getByRole("button", { name: "Enter", exact: true }).click();
  await cleo.page.getByRole("heading", { name: "Small is full" }).waitFor();
  await cleo.page.getByText("1 person is inside, and 1 more is watching. Nobody else fits in right now.").waitFor();

  await ada.page.evaluate(() => window.thexr.app.visit.leave());
  await enter.and(ben.page.locator(":enabled")).click();
  await inside(ben.page);
  await seesPeople(ben.page, ["Ben"]);

  await cleo.page.getByRole("button", { name: "Try now" }).click();
  await inside(cleo.page, "observe");
  contented(ada, ben, cleo);
});
