import { EVERYONE } from "./audience";
import { describe, expect, it } from "vitest";
import { type ChatLine, CHAT_LINES_MAX, appended } from "./chat";

const line = (text: string): ChatLine => ({ at_ms: 0, user_id: "u", nickname: "Ana", color: "#ffffff", text, to: EVERYONE });

describe("the chat", () => {
  it("keeps the newest line last", () => {
    const lines = appended(appended([], line("a")), line("b"));
    expect(lines.map((each) => each.text)).toEqual(["a", "b"]);
  });

  it("forgets the oldest line beyond two hundred", () => {
    let lines: readonly ChatLine[] = [];
    for (let count = 0; count < CHAT_LINES_MAX + 3; count += 1) lines = appended(lines, line(String(count)));
    expect(lines.length).toBe(CHAT_LINES_MAX);
    expect(lines[0]?.text).toBe("3");
    expect(lines.at(-1)?.text).toBe(String(CHAT_LINES_MAX + 2));
  });

  it("does not change the list that someone may still be showing", () => {
    const before = [line("a")];
    appended(before, line("b"));
    expect(before.length).toBe(1);
  });
});
