import { expect, test } from "vitest";
import { testRoom } from "../xr/testing/room";
import { refused } from "./commands";

test("a shot says from where, in which direction and as one saw others", async () => {
  const { app, wished } = testRoom();
  await app.weapons.shoot([0, 1.8, 0], [0, 0, 1], 1_234);
  expect(wished).toEqual([["shoot", { origin: [0, 1.8, 0], direction: [0, 0, 1], at: 1_234 }]]);
  expect(app.wishes.unanswered$.value).toBe(0);
});

test("of refused shots those that matter are told, each once", async () => {
  const room = testRoom();
  const lines: string[] = [];
  room.app.hud.hud$.subscribe(({ text }) => lines.push(text));
  const shoot = async (reason: string, detail: string) => {
    room.answer = () => refused(reason, detail);
    await room.app.weapons.shoot([0, 0, 0], [0, 0, 1], 0);
  };
  await shoot("too_fast", "It does not shoot so fast.");
  await shoot("no_ammo", "It is empty.");
  expect(lines).toEqual([]);
  for (let shot = 0; shot < 3; shot += 1) await shoot("blocked", "There is something between you and the muzzle.");
  expect(lines).toEqual(["There is something between you and the muzzle."]);
});

test("loading, changing and putting down are what the room calls them", async () => {
  const { app, wished } = testRoom();
  await app.weapons.reload();
  await app.weapons.switchTo("rifle");
  await app.weapons.drop();
  expect(wished).toEqual([["reload", {}], ["switch_weapon", { weapon: "rifle" }], ["drop_weapon", {}]]);
});
