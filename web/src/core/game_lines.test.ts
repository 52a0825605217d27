import { expect, test } from "vitest";
import type { RoomEvent } from "./core-types";
import { bannerOf, gameLineFor, killerIn, thingName } from "./game_lines";
import type { JsonObject } from "./json";

const fact = (event: string, payload: JsonObject): RoomEvent => ({ type: "event", event, payload, seq: 1, at: 0, actor: "rule:r1" });
const nameOf = (id: string) => ({ u1: "Ana", u2: "Ben" })[id];
const thingOf = (id: string) => ({ d1: "the red door", l1: "The lever" })[id];
const line = (event: string, payload: JsonObject) => gameLineFor(fact(event, payload), "me", nameOf, thingOf)?.text;

test("a banner stands as long as the room says, within reason, and without words there is none", () => {
  const stands = (payload: JsonObject) => bannerOf(fact("hud_shown", payload))?.banner_ms;
  expect([stands({ text: "Run!", seconds: 7 }), stands({ text: "Run!" }), stands({ text: "Run!", seconds: 0 }), stands({ text: "Run!", seconds: 9e9 })]).toEqual([
    7_000, 4_000, 1_000, 60_000,
  ]);
  expect([stands({ text: "  " }), stands({ seconds: 3 })]).toEqual([undefined, undefined]);
  expect(bannerOf(fact("message_said", { text: "hi" }))).toBeUndefined();
});

test("what would turn the words beside it about is left out of a banner", () => {
  expect(bannerOf(fact("hud_shown", { text: " \u202Eabc " }))?.text).toBe("abc");
});

test("who opened which door is said, as well as it is known", () => {
  expect(line("door_opened", { entity: "d1", by: "u1" })).toBe("Ana opened the red door");
  expect(line("door_opened", { entity: "d1", by: "l1" })).toBe("The lever opened the red door");
  expect(line("door_opened", { entity: "d2", by: "me" })).toBe("You opened a door");
  expect(line("door_opened", { entity: "d1", by: "gone" })).toBe("Someone opened the red door");
  expect(line("door_opened", { entity: "d2" })).toBe("A door opened");
  expect(line("door_closed", { entity: "d1", by: "u1" })).toBeUndefined();
});

test("an item is named as people read it, and counted when there is more than one", () => {
  expect(line("item_collected", { user_id: "u1", item: "red_key", amount: 1 })).toBe("Ana collected red key");
  expect(line("item_collected", { user_id: "me", item: "coin", amount: 5 })).toBe("You collected 5 × coin");
});

test("who died, and by whom if it was somebody else", () => {
  expect(line("user_died", { user_id: "u1", by: "u2" })).toBe("Ben got Ana");
  expect(line("user_died", { user_id: "u1", by: "l1" })).toBe("The lever got Ana");
  expect(line("user_died", { user_id: "u1", by: "u1" })).toBe("Ana died");
  expect(line("user_damaged", { user_id: "u1", by: "u2" })).toBeUndefined();
});

test("one's own death is for the log alone: it is seen", () => {
  const own = (payload: JsonObject) => gameLineFor(fact("user_died", { user_id: "me", back_ms: 15_000, ...payload }), "me", nameOf, thingOf);
  expect(own({})).toEqual({ text: "You died", tone: "plain", quiet: true });
  expect(own({ by: "u2" })).toEqual({ text: "Ben got you", tone: "plain", quiet: true });
  expect(gameLineFor(fact("user_died", { user_id: "u1" }), "me", nameOf, thingOf)?.quiet).toBeUndefined();
});

test("who is back is said of others one knows, and of nobody else", () => {
  expect(line("user_respawned", { user_id: "u1" })).toBe("Ana is back");
  expect([line("user_respawned", { user_id: "me" }), line("user_respawned", { user_id: "hidden" })]).toEqual([undefined, undefined]);
});

test("who has killed the visitor is named, where somebody did and is known", () => {
  const killer = (payload: JsonObject) => killerIn(fact("user_died", payload), "me", nameOf, thingOf);
  expect([killer({ by: "u2" }), killer({ by: "l1" }), killer({ by: "gone" }), killer({ by: "me" }), killer({})]).toEqual(["Ben", "The lever", null, null, null]);
});

test("a game ends with its maker's words, or with ours", () => {
  expect([line("level_won", { text: "You made it!" }), line("level_won", {}), line("level_lost", { text: null })]).toEqual([
    "You made it!",
    "The game is won",
    "The game is lost",
  ]);
});

test("a weapon is picked up by its name, and a monster without one goes by its kind", () => {
  expect(line("item_collected", { user_id: "me", item: "pistol", amount: 24, what: "weapon" })).toBe("You collected the pistol");
  expect([thingName({ monster: { kind: "brute" } }), thingName({ monster: true }), thingName({ monster: { kind: "brute" }, name: "Old Rust" }), thingName({ monster: false }), thingName(undefined)]).toEqual([
    "A brute", "A walker", "Old Rust", undefined, undefined,
  ]);
});
