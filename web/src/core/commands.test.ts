import { describe, expect, it } from "vitest";
import { COMMANDS_PENDING_MAX, Commands } from "./commands";

describe("commands", () => {
  it("each answer reaches the one who asked", async () => {
    const commands = new Commands();
    const first = commands.run(() => 1);
    const second = commands.run(() => 2);
    commands.answer(2, true, { entity: "b" });
    commands.answer(1, false, { reason: "not_driver", detail: "another tab" });
    expect(await second).toEqual({ ok: true, response: { entity: "b" } });
    expect(await first).toEqual({ ok: false, reason: "not_driver", detail: "another tab" });
  });

  it("the end of the visit answers everything that waits", async () => {
    const commands = new Commands();
    const reply = commands.run(() => 1);
    commands.end("left");
    expect(await reply).toEqual({ ok: false, reason: "left", detail: "" });
  });

  it("does not pile up without limit", async () => {
    const commands = new Commands();
    for (let handle = 0; handle < COMMANDS_PENDING_MAX; handle += 1) void commands.run(() => handle);
    let sent = false;
    const reply = await commands.run(() => {
      sent = true;
      return -1;
    });
    expect(reply).toMatchObject({ ok: false, reason: "too_many_commands" });
    expect(sent).toBe(false);
  });

  it("an answer nobody waits for is ignored", () => {
    expect(() => new Commands().answer(7, true, {})).not.toThrow();
  });
});
