import { expect, test } from "vitest";
import { testRoom } from "../xr/testing/room";
import type { RoomEvent } from "./core-types";
import type { JsonObject } from "./json";
import { NO_RELATIONS } from "./rights";
import { Roster } from "./roster";
import { Tellings } from "./tellings";

/** A visitor who has blocked Ben, and what they are told. */
function listener() {
  const { app } = testRoom();
  app.people.relations$.next({ ...NO_RELATIONS, blocked: new Set(["ben"]) });
  const [lines, facts]: [string[], string[]] = [[], []];
  app.hud.hud$.subscribe(({ text }) => lines.push(text));
  app.events$.subscribe(({ event }) => facts.push(event));
  const tellings = new Tellings(app, new Roster("ada"), "ada");
  const hear = (event: string, payload: JsonObject, actor = "user:ben"): void => {
    const fact: RoomEvent = { type: "event", event, payload, seq: 1, at: 0, actor };
    tellings.hear(fact, 0);
  };
  return { app, lines, facts, hear };
}

test("what a rule shows, plays and does to oneself is told, also when somebody set it off whom one does not meet", () => {
  const { lines, facts, hear } = listener();
  hear("hud_shown", { text: "The bridge is up", seconds: 3 });
  hear("sound_played", { sound: "door", entity: null });
  hear("user_teleported", { user_id: "ada", position: [0, 0, 0] });
  hear("door_opened", { entity: "gate", by: "ben" });
  expect(lines).toEqual(["The bridge is up", "Someone opened gate"]);
  expect(facts).toEqual(["hud_shown", "sound_played", "user_teleported", "door_opened"]);
});

test("how somebody fares whom one does not meet is not told", () => {
  const { lines, facts, hear } = listener();
  hear("user_died", { user_id: "ben", by: null }, "rule:r1");
  expect([lines, facts]).toEqual([[], []]);
});

test("behind the lobby nothing is put up", () => {
  const { app, lines, hear } = listener();
  app.visit.phase$.next({ kind: "lobby" });
  hear("hud_shown", { text: "Run!", seconds: 3 }, "rule:r1");
  expect(lines).toEqual([]);
});
