import { expect, test } from "vitest";
import { VOLLEY_MAX, Volley } from "./volley";

function heard(volley: Volley): string[] {
  const played: string[] = [];
  volley.each(({ sound, z }) => void played.push(`${sound} ${z}`));
  return played;
}

test("of 25 shots in a frame the nearest are heard, the nearest first", () => {
  const volley = new Volley();
  for (let shot = 0; shot < 25; shot += 1) volley.ask("shot", 0, 0, (shot * 7) % 25 * 4, 1, ((shot * 7) % 25) * 4);
  expect(heard(volley)).toEqual(Array.from({ length: VOLLEY_MAX }, (_, at) => `shot ${at * 4}`));
});

test("pellets of one shot are one sound; another sound there is another", () => {
  const volley = new Volley();
  for (let pellet = 0; pellet < 8; pellet += 1) volley.ask("shotgun", 0.1 * pellet, 0, 3, 1, 3);
  volley.ask("wall_hit", 0, 0, 3, 0.5, 3);
  expect(heard(volley)).toEqual(["shotgun 3", "wall_hit 3"]);
});

test("a quiet one near by comes after a loud one that is not much farther, and a new frame begins with none", () => {
  const volley = new Volley();
  volley.ask("step", 0, 0, 2, 0.2, 2);
  volley.ask("shot", 0, 0, 6, 1, 6);
  expect(heard(volley)).toEqual(["shot 6", "step 2"]);
  volley.begin();
  expect(heard(volley)).toEqual([]);
});
