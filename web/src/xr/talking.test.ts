import { expect, test } from "vitest";
import { Rig } from "../scene/rig";
import type { HeadsetContext } from "./frame";
import { talking } from "./talking";
import { testRoom } from "./testing/room";

/** A headset whose left controller's lower button we press. */
function worn(pressed = false) {
  const { app } = testRoom();
  const rig = new Rig();
  rig.left.lower_pressed = pressed;
  const done: string[] = [];
  app.voice.button = (down, held) => void done.push(`${down ? "down" : "up"}${held ? ", held" : ""}`);
  const steps: (() => void)[] = [];
  const end = talking({ app, stage: { rig }, onFrame: (step: () => void) => void steps.push(step) } as unknown as HeadsetContext);
  const press = (...states: readonly boolean[]): void => {
    for (const state of states) {
      rig.left.lower_pressed = state;
      for (const step of steps) step();
    }
  };
  const pushToTalk = (push_to_talk: boolean): void => {
    const { settings$ } = app.preferences;
    settings$.next({ ...settings$.value, sound: { ...settings$.value.sound, push_to_talk } });
  };
  return { done, press, pushToTalk, end };
}

test("X is the microphone's button, however long it is pressed", () => {
  const { done, press } = worn();
  press(false, true, true, true, false);
  expect(done).toEqual(["up", "down", "up"]);
});

test("where one holds to talk it is held", () => {
  const { done, press, pushToTalk } = worn();
  pushToTalk(true);
  press(false, true, false);
  expect(done.slice(1)).toEqual(["down, held", "up, held"]);
});

test("pressed as the headset is put on it means nothing", () => {
  const { done, press } = worn(true);
  press(true, true);
  expect(done).toEqual([]);
});

test("who takes the headset off while they hold it talks no more", () => {
  const { done, press, pushToTalk, end } = worn();
  pushToTalk(true);
  press(false, true);
  end();
  expect(done.at(-1)).toBe("up, held");
});
