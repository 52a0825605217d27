import { expect, test } from "vitest";
import { EVERYONE } from "./audience";
import { Chat } from "./chat";
import { Hud } from "./hud";
import { LOG_LINES_MAX, RoomLog } from "./log";
import { Wishes } from "./wishes";

function logged() {
  const hud = new Hud();
  const chat = new Chat(new Wishes(hud));
  let now_ms = 0;
  const log = new RoomLog(hud, chat, () => (now_ms += 1));
  const texts = () => log.lines$.value.map(({ line }) => line.text);
  return { hud, chat, log, texts };
}

test("what was told and what was said stand in the order in which they came", () => {
  const { hud, chat, log, texts } = logged();
  hud.warn("That was refused.");
  const line = { at_ms: 7, user_id: "ben", nickname: "Ben", color: "#FF0000", text: "Hello", to: EVERYONE };
  chat.chat$.next([line]);
  hud.hud$.next({ text: "Cleo came in", tone: "plain" });
  expect(texts()).toEqual(["That was refused.", "Hello", "Cleo came in"]);
  expect(log.lines$.value.map(({ at_ms }) => at_ms)).toEqual([1, 7, 2]);
});

test("an evening's log is bounded, the oldest go first", () => {
  const { hud, texts } = logged();
  for (let at = 0; at < LOG_LINES_MAX + 5; at += 1) hud.warn(`line ${at}`);
  expect([texts().length, texts()[0]]).toEqual([LOG_LINES_MAX, "line 5"]);
});

test("what is gone once it was read is not kept", () => {
  const { hud, texts } = logged();
  hud.hud$.next({ text: "[step]", tone: "plain", passing: true });
  hud.hud$.next({ text: "Run!", tone: "plain", banner_ms: 4_000 });
  expect(texts()).toEqual(["Run!"]);
});
