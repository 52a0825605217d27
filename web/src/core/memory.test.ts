import { describe, expect, it } from "vitest";
import { PLAIN_LOOK } from "./avatar_look";
import { HEADSET_DEFAULTS } from "./headset_settings";
import { PALETTE, type Memory, isNewcomer, readProfile, readSettings, writeProfile, writeSettings } from "./memory";
import { SOUND_DEFAULTS } from "./sound_settings";

function memory(): Memory & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

describe("what is remembered", () => {
  it("a profile comes back as it was", () => {
    const place = memory();
    const profile = { nickname: "Ana", color: "#FF7A59", look: { ...PLAIN_LOOK, top: "cap" } } as const;
    expect(isNewcomer(place)).toBe(true);
    writeProfile(place, profile);
    expect(readProfile(place, 0)).toEqual(profile);
    expect(isNewcomer(place)).toBe(false);
  });

  it("a newcomer gets a colour of the palette", () => {
    const colors = [0, 0.3, 0.999, 1].map((chance) => readProfile(memory(), chance).color);
    for (const color of colors) expect(PALETTE).toContain(color);
    expect(new Set(colors).size).toBeGreaterThan(2);
  });

  it("settings of another hand are repaired, not believed", () => {
    const place = memory();
    place.setItem("thexr.settings", '{"fly":"yes","look_speed":900,"graphics":"best"}');
    expect(readSettings(place, true)).toEqual({
      fly: false,
      invert_look: false,
      look_speed: 4,
      reduce_motion: true,
      auto_fire: true,
      graphics: "automatic",
      headset: HEADSET_DEFAULTS,
      sound: SOUND_DEFAULTS,
    });
  });

  it("how one moves with a headset comes back as it was", () => {
    const place = memory();
    const headset = { ...HEADSET_DEFAULTS, dominant: "left", snap_degrees: 45, move_speed: 3, seated: true } as const;
    writeSettings(place, { ...readSettings(place, false), headset });
    expect(readSettings(place, false).headset).toEqual(headset);
  });

  it("what is no JSON counts as nothing", () => {
    const place = memory();
    place.setItem("thexr.profile", "{");
    expect(readProfile(place, 0).nickname).toBe("");
  });

  it("a storage that refuses does not stop the visit", () => {
    const refusing: Memory = {
      getItem: () => null,
      setItem: () => {
        throw new Error("quota");
      },
    };
    expect(() => writeSettings(refusing, readSettings(refusing, false))).not.toThrow();
  });
});
