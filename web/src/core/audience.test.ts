import { describe, expect, it } from "vitest";
import { EVERYONE, MODERATORS, NEAR, audienceJson, audienceOf, sameAudience, whisperTo } from "./audience";
import type { Json } from "./json";

describe("an audience", () => {
  it("comes back from the room as it was told", () => {
    for (const audience of [EVERYONE, NEAR, MODERATORS, whisperTo("u1")]) {
      expect(audienceOf(audienceJson(audience))).toEqual(audience);
    }
  });

  it("is everyone where nothing that is known is said", () => {
    const told: (Json | undefined)[] = [undefined, null, {}, "near", { near: "5" }, { users: "u1" }, { planet: 3 }];
    for (const to of told) {
      expect(audienceOf(to)).toEqual(EVERYONE);
    }
  });

  it("is the same when the same people hear it", () => {
    expect(sameAudience(whisperTo("u1"), whisperTo("u1"))).toBe(true);
    expect(sameAudience(whisperTo("u1"), whisperTo("u2"))).toBe(false);
    expect(sameAudience(EVERYONE, NEAR)).toBe(false);
  });
});
