/** Counting what has not been read. */
import { describe, expect, it } from "vitest";
import type { ChatLine } from "../../core/app";
import { unreadBadge, unreadCount } from "./unread";

const line = (at_ms: number, user_id = "ann"): ChatLine => ({
  at_ms,
  user_id,
  nickname: user_id,
  color: "#FFFFFF",
  text: `line ${at_ms}`,
});

describe("unread lines", () => {
  it("lines after the last seen one are unread", () => {
    const lines = [line(1), line(2), line(3)];
    expect(unreadCount(lines, line(1), "me")).toBe(2);
    expect(unreadCount(lines, line(3), "me")).toBe(0);
  });

  it("my own lines are never unread", () => {
    expect(unreadCount([line(1), line(2, "me"), line(3)], line(1), "me")).toBe(1);
  });

  it("when the last seen line has rolled out, everything kept is unread", () => {
    expect(unreadCount([line(7), line(8)], line(1), "me")).toBe(2);
  });

  it("someone who has seen nothing has everything to read", () => {
    expect(unreadCount([line(1), line(2)], null, null)).toBe(2);
  });

  it("the badge is short", () => {
    expect([0, 1, 99, 100].map(unreadBadge)).toEqual(["", "1", "99", "99+"]);
  });
});
