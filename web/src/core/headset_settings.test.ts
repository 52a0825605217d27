import { expect, test } from "vitest";
import { HEADSET_DEFAULTS, readHeadsetSettings } from "./headset_settings";

test("what makes no sense is the usual, and speeds stay within what stomachs take", () => {
  const kept = { dominant: "both", turn: 1, snap_degrees: 31, turn_speed: 9_000, move_speed: -2, vignette: "huge", seated: 1 };
  expect(readHeadsetSettings(kept)).toEqual({ ...HEADSET_DEFAULTS, turn_speed: 180, move_speed: 1 });
  expect(readHeadsetSettings(undefined)).toEqual(HEADSET_DEFAULTS);
});

test("what makes sense stays", () => {
  const chosen = {
    dominant: "left",
    turn: "smooth",
    snap_degrees: 15,
    turn_speed: 60,
    move_speed: 2.5,
    vignette: "strong",
    seated: true,
    shown_around: true,
  };
  expect(readHeadsetSettings(chosen)).toEqual(chosen);
});
