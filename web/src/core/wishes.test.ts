import { expect, test } from "vitest";
import type { Reply } from "./commands";
import { Hud } from "./hud";
import { Wishes, type Port } from "./wishes";

test("what somebody wishes waits until it is answered, and what is asked about the line is nothing that they did", async () => {
  const wishes = new Wishes(new Hud());
  const answers: ((reply: Reply) => void)[] = [];
  wishes.attach({ command: () => new Promise<Reply>((resolve) => void answers.push(resolve)) } as Partial<Port> as Port);
  const asked = wishes.ask("say", { text: "Hello" });
  const inquired = wishes.inquire("rtc_motion", { on: true });
  expect(wishes.unanswered$.value).toBe(1);
  for (const answer of answers) answer({ ok: true, response: {} });
  expect([await asked, await inquired].every(({ ok }) => ok)).toBe(true);
  expect(wishes.unanswered$.value).toBe(0);
});
