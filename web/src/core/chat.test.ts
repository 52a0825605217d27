import { EVERYONE } from "./audience";
import { describe, expect, it } from "vitest";
import { type ChatLine, CHAT_LINES_MAX, Chat, appended } from "./chat";
import type { Reply } from "./commands";
import { Hud } from "./hud";
import { Wishes } from "./wishes";

const line = (text: string): ChatLine => ({ at_ms: 0, user_id: "u", nickname: "Ana", color: "#ffffff", text, to: EVERYONE });

describe("the chat", () => {
  it("shows a line as unsent until the room has answered, whatever it answers", async () => {
    const wishes = new Wishes(new Hud());
    const answers: ((reply: Reply) => void)[] = [];
    wishes.attach({ command: () => new Promise<Reply>((resolve) => answers.push(resolve)) } as unknown as Parameters<Wishes["attach"]>[0]);
    const chat = new Chat(wishes);
    const unsent = () => [chat.unsent$.value.map(({ text }) => text), wishes.unanswered$.value];
    const said = [chat.say("one"), chat.say("two")];
    expect(unsent()).toEqual([["one", "two"], 2]);
    answers[0]?.({ ok: true, response: {} });
    await said[0];
    expect(unsent()).toEqual([["two"], 1]);
    answers[1]?.({ ok: false, reason: "rate_limited", detail: "" });
    expect((await said[1])?.ok).toBe(false);
    expect(unsent()).toEqual([[], 0]);
  });

  it("never shows one's own line twice: once it is heard it is not unsent", async () => {
    const wishes = new Wishes(new Hud());
    wishes.attach({ command: () => new Promise<Reply>(() => undefined) } as unknown as Parameters<Wishes["attach"]>[0]);
    const chat = new Chat(wishes);
    void chat.say("hello");
    void chat.say("hello");
    chat.hear(line("hello"), false);
    expect(chat.unsent$.value.length).toBe(2);
    chat.hear(line("hello"), true);
    expect(chat.unsent$.value.length).toBe(1);
    expect(chat.chat$.value.length).toBe(2);
  });

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
