import { expect, test } from "vitest";
import type { JsonObject } from "./json";
import type { Change } from "./replica";
import { Rounds } from "./rounds";

function told(index: number, id: string, components: JsonObject | undefined): Change {
  const record = components === undefined ? undefined : { id, version: 1, components };
  return { index, mask: 0, record, fresh: components === undefined };
}

function room(game: JsonObject): Rounds {
  const rounds = new Rounds("ada");
  rounds.follow([told(1, "game1", game), told(2, "ada", { avatar: {}, nickname: "Ada", score: 5 }), told(3, "ben", { avatar: {}, nickname: "Ben", score: 9, kills: 2, deaths: 1, ready: true })]);
  rounds.learn(1_000);
  return rounds;
}

test("while a game runs, and where there is none, nothing is shown", () => {
  expect(room({ game: {}, status: "running" }).round$.value).toBeNull();
  expect(room({ name: "box" }).round$.value).toBeNull();
});

test("a lobby shows who is ready, and goes when the game begins", () => {
  const rounds = room({ game: { ready: true }, status: "lobby" });
  expect(rounds.round$.value).toMatchObject({ status: "lobby", next_s: null });
  expect(rounds.round$.value?.players.map(({ name, ready, own }) => [name, ready, own])).toEqual([["Ben", true, false], ["Ada", false, true]]);
  rounds.follow([told(2, "ada", { avatar: {}, nickname: "Ada", ready: true })]);
  rounds.learn(1_050);
  expect(rounds.round$.value?.players.every(({ ready }) => ready)).toBe(true);
  rounds.follow([told(1, "game1", { game: { ready: true }, status: "running" })]);
  rounds.learn(1_100);
  expect(rounds.round$.value).toBeNull();
});

test("the end shows what everyone has reached, the best first, and counts down", () => {
  const rounds = room({ game: {}, status: "won", over: { until: 9_000 } });
  expect(rounds.round$.value).toMatchObject({ status: "won", next_s: 8, players: [{ name: "Ben", score: 9, kills: 2, deaths: 1 }, { name: "Ada", score: 5 }] });
  let heard = 0;
  rounds.round$.subscribe(() => (heard += 1));
  for (let ms = 1_000; ms <= 3_000; ms += 20) rounds.learn(ms);
  expect(heard).toBe(3);
  rounds.follow([told(3, "ben", undefined)]);
  rounds.learn(3_000);
  expect(rounds.round$.value?.players).toHaveLength(1);
});
