import { beforeEach, describe, expect, it } from "vitest";
import { type TestRoom, testRoom } from "../xr/testing/room";
import { CHANGE } from "./generated";
import type { Json } from "./json";
import type { Change } from "./replica";
import { presetOf } from "./room_sky";

let room: TestRoom;

beforeEach(() => {
  room = testRoom();
});

const says = (index: number, id: string, sky: Json): Change => ({
  index,
  mask: CHANGE.other,
  record: { id, version: 1, components: { sky } },
  fresh: false,
});

describe("a room's sky", () => {
  it("is what the entity with the smallest id says, in whatever order they came", () => {
    const { sky } = room.app;
    sky.follow([says(1, "bbbbb", "night")]);
    sky.follow([says(2, "aaaaa", { preset: "dusk" })]);
    expect(sky.sky$.value).toEqual({ preset: "dusk" });
    sky.follow([{ index: 2, mask: CHANGE.removed, record: undefined, fresh: true }]);
    expect(sky.sky$.value).toBe("night");
  });

  it("is one of ours unless its colours are its own", () => {
    expect(presetOf(undefined)).toBe("day");
    expect(presetOf("studio")).toBe("studio");
    expect(presetOf({ preset: "dusk", plain: false })).toBe("dusk");
    expect(presetOf("#102030")).toBe(undefined);
    expect(presetOf({ top: "#102030" })).toBe(undefined);
  });
});
