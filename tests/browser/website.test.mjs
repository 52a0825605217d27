/** A stranger on the website: making a room, changing it, ending it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { contented, enter, inside, makeRoom, preview, seesPeople, thingCount, until } from "./visit.mjs";

const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });

test("a stranger makes a room, stands in its lobby with the link, enters, and finds floor, blocks and ten boxes", async (t) => {
  const stranger = await newVisitor(browser, { test: t });
  const { page } = stranger;
  await stranger.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
  await page.goto(server.url);
  await page.getByRole("main").getByRole("link", { name: "Create a room" }).first().click();
  await page.getByLabel("Name").fill("Tea house");
  await page.getByLabel("Description").fill("Slow afternoons.");
  await page.getByRole("button", { name: "Create room" }).click();
  await preview(page);

  const lobby = page.getByRole("dialog", { name: "Tea house" });
  assert.match(await lobby.innerText(), /Slow afternoons\.[^]*Nobody is inside yet/);
  await lobby.getByRole("button", { name: "Copy link" }).click();
  await lobby.getByRole("button", { name: "Copied" }).waitFor();
  const id = new URL(page.url()).pathname.split("/").at(-1);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${server.url}/r/${id}`);

  await enter(page, "Ada");
  await page.getByRole("heading", { name: "Tea house" }).waitFor();
  await page.getByRole("button", { name: "1 person" }).waitFor();
  const names = await page.evaluate(() => {
    const { core, scene } = window.thexr;
    const all = Array.from({ length: scene.entityCount + 10 }, (_, index) => core.entity(index));
    return all.filter((json) => json !== undefined).map((json) => JSON.parse(json).components.name ?? "");
  });
  const count = (pattern) => names.filter((name) => pattern.test(name)).length;
  assert.equal(count(/^Floor$/), 1);
  assert.equal(count(/^Spawn point$/), 1);
  assert.equal(count(/^Box \d+$/), 10);
  assert.ok(count(/^Block \d+$/) >= 5 && count(/^Block \d+$/) <= 20, `${count(/^Block \d+$/)} blocks`);
  assert.ok((await thingCount(page)) >= 16, "they are drawn");
  contented(stranger);
});

test("what is wrong with a form is said beside its field, and nothing typed is lost", async (t) => {
  const stranger = await newVisitor(browser, { test: t, excused: [/status of 422/] });
  const { page } = stranger;
  await page.goto(`${server.url}/rooms/new`);
  await page.getByLabel("Name").fill("x".repeat(81));
  await page.getByLabel("Description").fill("Stays here");
  await page.getByLabel("Empty").check();
  await page.getByRole("button", { name: "Create room" }).click();
  const field = page.getByLabel("Name");
  await page.locator("#name-error").waitFor();
  assert.match(await field.getAttribute("aria-describedby"), /name-error/);
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await field.inputValue(), "x".repeat(81));
  assert.equal(await page.getByLabel("Description").inputValue(), "Stays here");
  assert.ok(await page.getByLabel("Empty").isChecked());

  await page.goto(server.url);
  await page.getByLabel("Enter a room").fill("no such thing!");
  await page.getByRole("button", { name: "Enter" }).click();
  await page.locator("#enter-error").waitFor();
  contented(stranger);
});

test("the maker of a room renames it; deleting asks by name, ends it for those inside, and its address is then unknown", async (t) => {
  const maker = await newVisitor(browser, { test: t, excused: [/status of 404/] });
  const other = await newVisitor(browser, { test: t, excused: [/status of 404/, /WebSocket connection/] });
  const { page } = maker;
  await page.goto(`${server.url}/rooms/new`);
  await page.getByLabel("Name").fill("Draft");
  await page.getByLabel("Empty").check();
  await page.getByRole("button", { name: "Create room" }).click();
  await preview(page);
  const address = page.url();
  await other.page.goto(address);
  await preview(other.page);
  await enter(other.page, "Ben");

  await page.goto(`${server.url}/rooms`);
  const card = page.locator("[data-room]", { hasText: "Draft" });
  assert.match(await card.innerText(), /1 person inside/i);
  await card.getByRole("link", { name: "Edit Draft" }).click();
  await page.getByLabel("Name").fill("Final");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/rooms(\/\w+)?$/);
  await page.goto(`${address}/edit`);
  await page.getByRole("link", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Delete “Final”?" }).waitFor();
  await page.getByRole("button", { name: "Delete the room" }).click();
  await page.waitForURL(`${server.url}/rooms*`);
  assert.equal(await page.locator("[data-room]", { hasText: "Final" }).count(), 0);

  const told = other.page.getByRole("alertdialog").filter({ hasText: "deleted" });
  await told.getByRole("button", { name: "Back to rooms" }).waitFor();
  await page.goto(address);
  await page.getByRole("heading", { name: "There is no room here" }).waitFor();
  await page.getByRole("link", { name: "See all rooms" }).click();
  await page.getByRole("heading", { name: "Rooms" }).waitFor();
  contented(maker, other);
});

test("a room that somebody else made offers no edit and cannot be deleted", async (t) => {
  const stranger = await newVisitor(browser, { test: t, excused: [/status of 403/] });
  const room = await makeRoom(server, "Not yours");
  await stranger.page.goto(`${server.url}/rooms`);
  const card = stranger.page.locator("[data-room]", { hasText: "Not yours" });
  assert.equal(await card.getByRole("link", { name: "Edit" }).count(), 0);
  const response = await stranger.page.goto(`${room.url}/delete`);
  assert.equal(response.status(), 403);
  contented(stranger);
});

test("someone without a mouse gets from the landing page into a room, says something, and leaves", async (t) => {
  const stranger = await newVisitor(browser, { test: t });
  const { page } = stranger;
  await page.goto(server.url);
  await tabTo(page, { role: "link", name: "Create a room" });
  await page.keyboard.press("Enter");
  await typeInto(page, "Name", "Keys only");
  await tabTo(page, { role: "radio", name: "Blocks" });
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await preview(page);

  await typeInto(page, "Your name", "Ada");
  await tabTo(page, { role: "radio" });
  await page.keyboard.press("ArrowRight");
  await tabTo(page, { role: "button", name: "Enter" });
  await page.keyboard.press("Enter");
  await inside(page);
  await seesPeople(page, ["Ada"]);

  await page.keyboard.press("t");
  await typeInto(page, "Write to everyone here", "Hello");
  await page.keyboard.press("Enter");
  await until(page, "the line", () => window.thexr.app.chat.chat$.value.at(-1)?.text === "Hello");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await tabTo(page, { role: "button", name: "Leave the room" });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "You left Keys only" }).waitFor();
  await page.keyboard.press("Enter");
  await inside(page);
  contented(stranger);
});

test("no page asks for anything it cannot have", async (t) => {
  const stranger = await newVisitor(browser, { test: t });
  const { page } = stranger;
  const elsewhere = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== server.url) elsewhere.push(request.url());
  });
  await page.goto(`${server.url}/rooms/new`);
  await page.getByLabel("Name").fill("Every page");
  await page.getByLabel("Empty").check();
  await page.getByRole("button", { name: "Create room" }).click();
  await preview(page);
  const address = page.url();
  for (const url of [server.url, `${server.url}/rooms`, `${server.url}/rooms?q=every&sort=recent`, `${address}/edit`, `${address}/delete`]) {
    const response = await page.goto(url, { waitUntil: "load" });
    assert.equal(response.status(), 200, url);
  }
  contented(stranger);
  assert.deepEqual(elsewhere, []);
});

test("the client comes as small as the browser can read it, and unpacked it is the same file", async () => {
  const page = await (await server.fetch("/rooms")).text();
  const [file] = /\/assets\/site-[^"]+\.css/.exec(page);
  const get = async (accepted) => {
    const [response] = await once(request(`${server.url}${file}`, { headers: { "accept-encoding": accepted } }).end(), "response");
    const body = Buffer.concat(await response.toArray());
    return { coding: response.headers["content-encoding"], vary: response.headers["vary"], tag: response.headers["etag"], size: Number(response.headers["x-size"]), body };
  };
  const [plain, gzip, brotli] = [await get("identity"), await get("gzip"), await get("gzip, deflate, br")];
  assert.deepEqual([plain.coding, gzip.coding, brotli.coding], [undefined, "gzip", "br"]);
  for (const form of [plain, gzip, brotli]) {
    assert.equal(form.size, plain.body.length, "progress counts what the page reads");
    assert.match(form.vary, /accept-encoding/i);
  }
  assert.equal(new Set([plain.tag, gzip.tag, brotli.tag]).size, 3, "each form has its tag");
  assert.deepEqual(gunzipSync(gzip.body), plain.body);
  assert.deepEqual(brotliDecompressSync(brotli.body), plain.body);
  assert.ok(brotli.body.length < gzip.body.length && gzip.body.length < plain.body.length / 2);
});

/** Types once a field has taken the focus by itself. */
async function typeInto(page, label, text) {
  const focused = (wanted) => document.activeElement?.labels?.[0]?.innerText === wanted || document.activeElement?.ariaLabel === wanted;
  await until(page, `the focus in “${label}”`, focused, label);
  await page.keyboard.type(text);
}

/** Presses Tab until something of this role (and name) has the focus. */
async function tabTo(page, { role, name }) {
  const wanted = page.getByRole(role, name === undefined ? {} : { name });
  const FOCUSABLE_MAX = 40;
  for (let press = 0; press < FOCUSABLE_MAX; press += 1) {
    await page.keyboard.press("Tab");
    for (const each of await wanted.all()) {
      if (await each.evaluate((element) => element === document.activeElement)) return;
    }
  }
  assert.fail(`Tab never reaches ${role} “${name ?? ""}”`);
}
