/**
 * What people do in rooms and what a test can see there, in the words of the stories.
 *
 * Must not know any story. Looks through the page itself wherever a person could, else through `window.thexr`.
 */
import assert from "node:assert/strict";
import { PATIENCE_MS, newVisitor } from "../support/browser.mjs";
import { eventually } from "../support/server.mjs";

/** How often a page is asked, milliseconds: rarely enough that asking costs a small page no pictures. */
const ASK_EVERY_MS = 50;

/** Makes a room as a program would; resolves to its id and address. */
export async function makeRoom(server, name, template = "empty") {
  const { token } = await answer(server, "/api/v1/visitors", { method: "POST" });
  const headers = { authorization: `Bearer ${token}` };
  const { id } = await answer(server, "/api/v1/rooms", { method: "POST", headers, body: { name, template } });
  return { id, url: `${server.url}/rooms/${id}`, token };
}

async function answer(server, path, options) {
  const response = await server.fetch(path, options);
  assert.equal(response.status, 201, `${path}: ${await response.clone().text()}`);
  return await response.json();
}

/** Waits until `look` (run in the page with `argument`) returns something truthy, and resolves to that. */
export async function until(page, what, look, argument) {
  const seen = await page.waitForFunction(look, argument, { polling: ASK_EVERY_MS }).catch(async (error) => {
    throw new Error(`${what}: never. ${await whereIs(page)}`, { cause: error });
  });
  return await seen.jsonValue();
}

/** What a failing story should say about its page. */
async function whereIs(page) {
  return await page
    .evaluate(() => `${location.pathname}, ${JSON.stringify(window.thexr?.app.visit.phase$.value)}: ${document.body.innerText}`)
    .catch((error) => error.message);
}

/** A new person in a room. */
export async function guest(browser, test, room, nickname, options = {}) {
  const visitor = await newVisitor(browser, { test, ...options });
  await openLobby(visitor.page, room);
  await enter(visitor.page, nickname);
  return visitor;
}

/** Opens a room's page and waits for its lobby with the room behind it. */
export async function openLobby(page, room) {
  await page.goto(room.url);
  await preview(page);
}

/** Waits until the room is seen behind the lobby's dialog. */
export async function preview(page) {
  await page.getByRole("dialog").waitFor();
  await until(page, "the preview", () => window.thexr?.core.state() === "live" && window.thexr.scene.entityCount > 0);
}

/** Goes in from the lobby; without a nickname with the one that stands there. */
export async function enter(page, nickname) {
  if (nickname !== undefined) await page.getByLabel("Your name").fill(nickname);
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await inside(page);
}

export async function inside(page, mode = "enter") {
  const arrived = (wanted) => {
    const phase = window.thexr?.app.visit.phase$.value;
    return phase?.kind === "inside" && phase.mode === wanted && window.thexr.core.state() === "live";
  };
  await until(page, `inside (${mode})`, arrived, mode);
}

/** Stands somewhere, metres; the head is at `y`. */
export async function stand(page, { x, y = 1.8, z, yaw = 0, pitch = 0 }) {
  await page.evaluate((at) => window.thexr.scene.setCamera(at.x, at.y, at.z, at.yaw, at.pitch), { x, y, z, yaw, pitch });
  const there = (at) => {
    const [x, , z] = window.thexr.scene.cameraPosition();
    return Math.hypot(x - at.x, z - at.z) < 0.3;
  };
  await until(page, `standing at ${x}, ${z}`, there, { x, z });
}

/** Where a visitor stands, metres. */
export async function place(page) {
  return await page.evaluate(() => [...window.thexr.scene.cameraPosition()]);
}

export async function userId(page) {
  return await page.evaluate(() => document.querySelector("meta[name=user-id]").content);
}

/** Waits until one visitor sees another within 5 cm of where the other is. */
export async function seesAt(page, user_id, [x, , z]) {
  const near = (wanted) => {
    const head = window.thexr.scene.avatarPositions()[wanted.user_id];
    return head !== undefined && Math.hypot(head[0] - wanted.x, head[2] - wanted.z) < 0.05;
  };
  await until(page, `${user_id} seen at ${x}, ${z}`, near, { user_id, x, z });
}

/** Waits until a page lists exactly these people, in any order. */
export async function seesPeople(page, nicknames) {
  const listed = (wanted) => {
    const names = window.thexr.app.people.people$.value.map((person) => person.nickname);
    return JSON.stringify(names.sort()) === wanted;
  };
  await until(page, `the people ${nicknames}`, listed, JSON.stringify([...nicknames].sort()));
}

/** An entity's components as a page has them now, or null. */
export async function components(page, entity) {
  return await page.evaluate((id) => {
    const { core } = window.thexr;
    const index = core.index_of(id);
    return index < 0 ? null : JSON.parse(core.entity(index)).components;
  }, entity);
}

/** Waits until a page has an entity whose components satisfy `expected`: equal values by name, `null` for absent ones. */
export async function seesEntity(page, entity, expected) {
  const has = ({ entity, expected }) => {
    const { core } = window.thexr;
    const index = core.index_of(entity);
    if (index < 0) return false;
    const { components } = JSON.parse(core.entity(index));
    const same = ([name, value]) => JSON.stringify(components[name] ?? null) === JSON.stringify(value);
    return Object.entries(expected).every(same);
  };
  await until(page, `${entity} with ${JSON.stringify(expected)}`, has, { entity, expected });
}

export async function seesNoEntity(page, entity) {
  await until(page, `no ${entity}`, (id) => window.thexr.core.index_of(id) < 0, entity);
}

/** Puts a stool into the room; resolves to its id. */
export async function addStool(page, { x, z }) {
  const components = { shape: { kind: "cylinder", height: 0.46, diameter: 0.6 }, position: [x, 0.23, z], seat: {} };
  const reply = await page.evaluate((what) => window.thexr.app.wishes.command("create_entity", { components: what }), components);
  assert.equal(reply.ok, true, JSON.stringify(reply));
  return reply.response.entity;
}

/** How many things a page draws. */
export async function thingCount(page) {
  return await page.evaluate(() => window.thexr.scene.entityCount);
}

/** Waits until all pages hold the same state of the room, and resolves to its hash. */
export async function sameState(...pages) {
  const hash = () => (window.thexr.core.state() === "live" ? window.thexr.core.hash() : "not live");
  const equal = async () => {
    const [first, ...others] = await Promise.all(pages.map((page) => page.evaluate(hash)));
    return first !== "not live" && others.every((other) => other === first) && first;
  };
  return await eventually("all replicas equal", equal, PATIENCE_MS);
}

/** Says something as a person does: opens the chat, writes, sends, closes. */
export async function say(page, text) {
  await page.keyboard.press("t");
  await page.getByLabel("Write to everyone here").fill(text);
  await page.keyboard.press("Enter");
  await until(page, `“${text}” said`, (said) => window.thexr.app.chat.chat$.value.some((line) => line.text === said), text);
  await page.keyboard.press("Escape");
}

/** Everything said, as a page has it: `[nickname, text]`. */
export async function chat(page) {
  return await page.evaluate(() => window.thexr.app.chat.chat$.value.map((line) => [line.nickname, line.text]));
}

/** A story ends well when no page complained. */
export function contented(...visitors) {
  for (const visitor of visitors) assert.deepEqual(visitor.complaints, []);
}
