import { expect, test } from "vitest";
import { AVATAR_ROW } from "../core/generated";
import type { JsonObject } from "../core/json";
import { testRoom } from "../xr/testing/room";
import type { Context } from "./context";
import { effects } from "./effects";

const DOOR = 0;
const BEN = 1;

/** A room with a door at (0, 1, 4) and Ben at (3, 1.8, 0); what is played in it. */
function scene(captions = false) {
  const { app } = testRoom();
  const [played, lines]: [unknown[], string[]] = [[], []];
  app.voice.ring = (...all) => void played.push(all);
  app.hud.hud$.subscribe(({ text }) => lines.push(text));
  const settings = app.preferences.settings$.value;
  app.preferences.settings$.next({ ...settings, sound: { ...settings.sound, captions } });
  Object.assign(app.viewer, { x: 0, y: 0, z: 0 });
  const matrices = new Float32Array(32);
  matrices.set([0, 1, 4], 12);
  const avatars = new Float32Array(AVATAR_ROW.floats);
  avatars[AVATAR_ROW.index] = BEN;
  avatars.set([3, 1.75, 0], AVATAR_ROW.head);
  const indices = new Map([["door", DOOR], ["ben", BEN]]);
  const clock = { now_ms: 0 };
  const context = {
    app,
    core: { matrices: () => matrices, avatars: () => avatars },
    session: { self_id: "ada", personAt: (index: number) => (index === BEN ? { user_id: "ben" } : undefined) },
    replica: { index: (id: string) => indices.get(id) ?? -1 },
    clock,
  } as unknown as Context;
  const end = effects(context);
  const play = (payload: JsonObject): void => app.events$.next({ event: "sound_played", payload, seq: 1, at_ms: 0 });
  return { app, played, lines, play, end };
}

test("a sound comes from where its thing is, or from the head of its person", () => {
  const { played, play } = scene();
  play({ sound: "door", entity: "door" });
  play({ sound: "pain", entity: "ben" });
  expect(played).toEqual([
    ["door", [0, 1, 4]],
    ["pain", [3, 1.75, 0]],
  ]);
});

test("what is gone, nowhere, or oneself is heard all around, and an unknown sound is a chime", () => {
  const { played, play } = scene();
  play({ sound: "thunder", entity: null });
  play({ sound: "click", entity: "gone" });
  play({ sound: "step", entity: "ada" });
  expect(played).toEqual([
    ["chime", undefined],
    ["click", undefined],
    ["step", undefined],
  ]);
});

test("captions are for who wants them, and nothing is played behind the lobby or after the end", () => {
  const quiet = scene();
  quiet.play({ sound: "door", entity: "door" });
  expect(quiet.lines).toEqual([]);
  const told = scene(true);
  told.play({ sound: "door", entity: "door" });
  told.app.visit.phase$.next({ kind: "lobby" });
  told.play({ sound: "click" });
  told.app.visit.phase$.next({ kind: "inside", mode: "observe" });
  told.end();
  told.play({ sound: "click" });
  expect([told.lines, told.played]).toEqual([["[door]"], [["door", [0, 1, 4]]]]);
});
