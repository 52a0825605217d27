/**
 * A room for the tests of panels: an app of our own with nobody behind it but a list of what was wished.
 */
import { PLAIN_LOOK } from "../../core/avatar_look";
import type { Reply } from "../../core/commands";
import { refused } from "../../core/commands";
import type { JsonObject } from "../../core/json";
import type { Memory } from "../../core/memory";
import type { Person } from "../../core/people";
import { NO_RIGHTS, type Permission, type Rights } from "../../core/rights";
import { RoomApp } from "../../core/room-app";
import type { Sheet } from "../panel/sheet";
import type { Measure } from "../panel/wrap";

/** Letters half as wide as high. */
export const measure: Measure = (text, size) => 0.5 * size * [...text].length;

const NO_MEMORY: Memory = { getItem: () => null, setItem: () => undefined };

export interface TestRoom {
  readonly app: RoomApp;
  /** Commands that were sent, each with what it says. */
  readonly wished: [string, JsonObject][];
  /** How the next commands are answered. */
  answer: (name: string) => Reply;
}

export function testRoom(): TestRoom {
  const page = { room: { id: "r1", name: "Plaza", description: "", link: "https://plaza.example/r/r1" }, user_id: "ada", socket_url: "", token: "" };
  const app = new RoomApp(page, NO_MEMORY, 0, false);
  const room: TestRoom = { app, wished: [], answer: () => ({ ok: true, response: {} }) };
  app.wishes.attach({
    enter: () => undefined,
    tryAgain: () => undefined,
    leave: () => void room.wished.push(["leave", {}]),
    dispose: () => undefined,
    command: async (name, payload) => {
      room.wished.push([name, payload]);
      return room.answer(name);
    },
    components: (entity) => ({ name: entity, color: "#FF0000", position: [0, 1, 5] }),
  });
  app.visit.phase$.next({ kind: "inside", mode: "enter" });
  app.people.people$.next([person("ada", "Ada", { self: true }), person("ben", "Ben")]);
  may(room, ["look", "talk", "own", "build", "save"]);
  return room;
}

export function person(user_id: string, nickname: string, more: Partial<Person> = {}): Person {
  return { user_id, nickname, color: "#6C9CFF", look: PLAIN_LOOK, seat: null, self: false, away: false, role: "visitor", muted: false, dead: false, ...more };
}

export function may({ app }: TestRoom, permissions: readonly Permission[], more: Partial<Rights> = {}): void {
  app.rights.rights$.next({ ...NO_RIGHTS, may: permissions, ...more });
}

export const denied = (): Reply => refused("room_is_full_of_things", "The room holds no more things.");

/** All words on a sheet. */
export function wordsOn(sheet: Sheet): readonly string[] {
  return sheet.pieces.flatMap((piece) => (piece.kind === "text" ? [piece.text] : []));
}

/** Presses what has these words on it. */
export function press(sheet: Sheet, words: string): void {
  const label = sheet.pieces.find((piece) => piece.kind === "text" && piece.text === words);
  if (label?.kind !== "text") throw new Error(`nothing says “${words}”: ${wordsOn(sheet).join(" | ")}`);
  const target = sheet.at(label.x, label.y);
  if (target === undefined) throw new Error(`“${words}” cannot be pressed`);
  target.act();
}

/** Lets what was answered be heard. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
