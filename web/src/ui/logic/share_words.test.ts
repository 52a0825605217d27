import { expect, it } from "vitest";
import { shareLabel, sources, whyNot } from "./share_words";

it("the button says what a press does, and what it waits for", () => {
  expect(shareLabel({ kind: "off" })).toBe("Share");
  expect(shareLabel({ kind: "asking", source: "display", entity: "e" })).toBe("Your browser asks what to share");
  expect(shareLabel({ kind: "asking", source: "camera", entity: "e" })).toBe("Your browser asks for the camera");
  expect(shareLabel({ kind: "on", source: "camera", entity: "e" })).toBe("Stop sharing");
});

it("where the browser shares no screen there is the camera alone", () => {
  expect(sources(true).map(({ words }) => words)).toEqual(["Screen or window", "Camera"]);
  expect(sources(false).map(({ words }) => words)).toEqual(["Camera"]);
});

it("why nothing can be shared is said in a sentence", () => {
  const why = (offer: Parameters<typeof whyNot>[0]) => whyNot(offer, "connected");
  expect(why({ kind: "free", entity: "e" })).toBe("");
  expect(whyNot({ kind: "free", entity: "e" }, "failed")).toMatch(/line of voices/);
  expect(why({ kind: "taken", entity: "e", by: "Ada", may_end: false })).toBe("Ada shares here.");
  expect(why({ kind: "forbidden", sharers: "builders" })).toMatch(/build/);
  expect(why({ kind: "forbidden", sharers: "moderators" })).toMatch(/moderators/);
  expect(why({ kind: "none", may_build: true })).toBe("This room has no screen. Put one up in Build.");
  expect(why({ kind: "none", may_build: false })).toBe("This room has no screen.");
  expect([why({ kind: "far" }), why({ kind: "muted" })]).toEqual(["The screen is too far away. Go nearer.", "A moderator muted you: you cannot share."]);
});
