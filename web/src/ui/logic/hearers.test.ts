import { describe, expect, it } from "vitest";
import { EVERYONE, MODERATORS, NEAR, whisperTo } from "../../core/audience";
import { heardBy, waysToBeHeard } from "./hearers";

const nameOf = (id: string): string | undefined => ({ u1: "Ada", u2: "Ben" })[id];

describe("the ways to be heard", () => {
  it("are everyone, those near and moderators, and one person after one was chosen", () => {
    expect(waysToBeHeard(null, nameOf).map((way) => way.words)).toEqual(["Everyone", "Those near me", "Moderators"]);
    const last = waysToBeHeard("u2", nameOf).at(-1);
    expect(last).toMatchObject({ words: "Ben alone", invites: "Whisper to Ben", audience: whisperTo("u2") });
    expect(waysToBeHeard("u9", nameOf).at(-1)?.words).toBe("Someone who left alone");
  });
});

describe("who heard a line", () => {
  it("is not said of a line to everyone", () => {
    expect(heardBy(EVERYONE, "u1", "u2", nameOf)).toBe("");
  });

  it("is said from where one stands", () => {
    expect(heardBy(whisperTo("u2"), "u1", "u2", nameOf)).toBe("to you alone");
    expect(heardBy(whisperTo("u2"), "u1", "u1", nameOf)).toBe("to Ben");
    expect(heardBy({ for: "users", users: ["u2", "u3"] }, "u1", "u2", nameOf)).toBe("to you, someone");
    expect(heardBy(NEAR, "u1", "u2", nameOf)).toBe("nearby");
    expect(heardBy(MODERATORS, "u1", "u2", nameOf)).toBe("to moderators");
    expect(heardBy({ for: "role", role: "builder" }, "u1", "u2", nameOf)).toBe("to every builder");
  });
});
