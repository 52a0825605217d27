import { expect, test } from "vitest";
import { VOICE_ZONES_MAX } from "./generated";
import { type VoiceZone, reachOf, zoneOf } from "./voice_reach";

const TABLE: VoiceZone = { entity: "b", kind: "private", radius_m: 1.5 };
const STAGE: VoiceZone = { entity: "c", kind: "stage", radius_m: 2 };
const HERE = () => [10, 0, 10] as const;

test("at a private table only the table hears one, on a stage the whole room, elsewhere who is near", () => {
  expect(reachOf([10, 1.7, 11.5], [TABLE], HERE, false)).toBe("table");
  expect(reachOf([10, 1.7, 11.6], [TABLE], HERE, false)).toBe("near");
  expect(reachOf([11.9, 1.7, 10], [STAGE], HERE, false)).toBe("room");
});

test("a stage and a megaphone reach the whole room also from a table", () => {
  expect(reachOf([10, 1.7, 10], [TABLE, STAGE], HERE, false)).toBe("room");
  expect(reachOf([10, 1.7, 10], [TABLE], HERE, true)).toBe("room");
});

test("a zone ends a metre below its place and four above: another floor is not in it", () => {
  const at = (y: number) => reachOf([10, y, 10], [TABLE], HERE, false);
  expect([-1.1, -1, 4, 4.1].map(at)).toEqual(["near", "table", "table", "near"]);
});

test("of too many zones the first by id count", () => {
  const others = Array.from({ length: VOICE_ZONES_MAX }, (_, nth): VoiceZone => ({ entity: `a${nth}`, kind: "stage", radius_m: 1 }));
  const placeOf = ({ entity }: VoiceZone) => (entity === "b" ? HERE() : ([0, 0, 0] as const));
  expect(reachOf([10, 1.7, 10], [TABLE, ...others.slice(1)], placeOf, false)).toBe("table");
  expect(reachOf([10, 1.7, 10], [TABLE, ...others], placeOf, false)).toBe("near");
});

test("a zone reaches three metres unless it says so, and what is none makes none", () => {
  expect(zoneOf("b", { kind: "private" })).toEqual({ entity: "b", kind: "private", radius_m: 3 });
  expect(zoneOf("b", { kind: "stage", radius: 5 })?.radius_m).toBe(5);
  expect([zoneOf("b", undefined), zoneOf("b", { kind: "loud" })]).toEqual([undefined, undefined]);
});
