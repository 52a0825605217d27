/** A hall at night, to look at monsters, weapons and shots in: things as a room would tell them. */
import type { JsonObject } from "../../core/json";

type Place = readonly [number, number, number];

/** Things of the hall: components, with their place. */
export const HALL: readonly (readonly [Place, JsonObject])[] = [
  [[0, -0.1, 12], { shape: { kind: "box", width: 34, height: 0.2, depth: 60 }, color: "#4a5266", floor: true }],
  [[-12, 2.5, 12], { shape: { kind: "box", width: 0.6, height: 5, depth: 60 }, color: "#2a3550", wall: true }],
  [[12, 2.5, 12], { shape: { kind: "box", width: 0.6, height: 5, depth: 60 }, color: "#2a3550", wall: true }],
  [[0, 2.5, 40], { shape: { kind: "box", width: 24, height: 5, depth: 0.6 }, color: "#24405a", wall: true }],
  ...[-8, 8].flatMap((x) =>
    [4, 12, 20, 28].map((z): readonly [Place, JsonObject] => [[x, 2.4, z], { shape: { kind: "cylinder", diameter: 1.1, height: 4.8 }, color: "#5b6478" }]),
  ),
  ...[-8, 8].flatMap((x) =>
    [4, 12, 20, 28].map((z): readonly [Place, JsonObject] => [[x * 0.925, 2.6, z - 0.55], { shape: { kind: "box", width: 0.14, height: 1.3, depth: 0.06 }, material: "glow", color: "#7fd6d0" }]),
  ),
  [[-4, 0.6, 9], { shape: { kind: "box", width: 1.2, height: 1.2, depth: 1.2 }, color: "#b98455" }],
  [[4.6, 0.5, 11], { shape: { kind: "box", width: 1, height: 1, depth: 1 }, color: "#8a5c3a" }],
  [[0, 4.4, 8], { light: { kind: "point", color: "#9fc4ff", intensity: 0.8, range: 16 } }],
  [[0, 4.4, 24], { light: { kind: "point", color: "#ffb37a", intensity: 0.8, range: 16 } }],
];
