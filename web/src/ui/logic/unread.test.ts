/** Counting what has not been read. */
import { describe, expect, it } from "vitest";
import { EVERYONE } from "../../core/audience";
import type { ChatLine } from "../../core/chat";
import { NO_RELATIONS } from "../../core/rights";
import { unreadBadge, unreadCount } from "./unread";

const line = (at_ms: number, user_id = "ann"): ChatLine => ({
  at_ms,
  user_id,
  nickname: user_id,
  color: "#FFFFFF",
  text: `line ${at_ms}`,
  to: EVERYONE,
});

describe("unread lines", () => {
  it("lines of people one does not meet are nothing to read, and one of theirs may be the last seen", () => {
    const relations = { blocked: new Set(["ben"]), blocked_by: new Set(["cem"]) };
    const lines = [line(1), line(2, "ben"), line(3, "cem"), line(4)];
    expect(unreadCount(lines, line(1), "me", relations)).toBe(1);
    expect(unreadCount(lines, line(2, "ben"), "me", relations)).toBe(1);
  });

  it("lines after the last seen one are unread", () => {
    const lines = [line(1), line(2), line(3)];
    expect(unreadCount(lines, line(1), "me", NO_RELATIONS)).toBe(2);
    expect(unreadCount(lines, line(3), "me", NO_RELATIONS)).toBe(0);
  });

  it("my own lines are never unread", () => {
    expect(unreadCount([line(1), line(2, "me"), line(3)], line(1), "me", NO_RELATIONS)).toBe(1);
  });

  it("when the last seen line has rolled out, everything kept is unread", () => {
    expect(unreadCount([line(7), line(8)], line(1), "me", NO_RELATIONS)).toBe(2);
  });

  it("someone who has seen nothing has everything to read", () => {
    expect(unreadCount([line(1), line(2)], null, null, NO_RELATIONS)).toBe(2);
  });

  it("the badge is short", () => {
    expect([0, 1, 99, 100].map(unreadBadge)).toEqual(["", "1", "99", "99+"]);
  });
});
