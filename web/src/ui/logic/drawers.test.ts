import { describe, expect, it } from "vitest";
import { NO_RIGHTS } from "../../core/rights";
import { isOffered } from "./drawers";

const offered = (may: readonly string[], observing = false) =>
  (["menu", "people", "chat", "build", "snapshots", "room", "settings"] as const).filter((drawer) =>
    isOffered(drawer, { ...NO_RIGHTS, may }, observing),
  );

describe("which drawers are offered", () => {
  it("looking, talking and one's own settings are everyone's", () => {
    expect(offered([])).toEqual(["menu", "people", "chat", "settings"]);
  });

  it("the rest comes with what one may do", () => {
    expect(offered(["build"])).toEqual(expect.arrayContaining(["build", "room"]));
    expect(offered(["save"])).toContain("snapshots");
    expect(offered(["moderate", "save"])).not.toContain("room");
    expect(offered(["govern"])).toContain("room");
  });

  it("who only watches changes nothing, whatever they may do", () => {
    expect(offered(["build", "save", "govern"], true)).toEqual(["menu", "people", "chat", "snapshots", "settings"]);
  });
});
