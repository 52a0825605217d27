/**
 * Commands on their way: each ends with exactly one answer. Knows neither core nor socket.
 */
import { type JsonObject, text } from "./json";

/** The answer to a command; `reason` is stable snake_case, `detail` is for people. */
export type Reply =
  | { readonly ok: true; readonly response: JsonObject }
  | { readonly ok: false; readonly reason: string; readonly detail: string };

/** Commands without an answer yet; more are refused here with `too_many_commands` instead of piling up unseen. */
export const COMMANDS_PENDING_MAX = 256;

export class Commands {
  readonly #waiting = new Map<number, (reply: Reply) => void>();

  /** Sends and waits; `send` gives the handle under which the answer will come. */
  run(send: () => number): Promise<Reply> {
    if (this.#waiting.size >= COMMANDS_PENDING_MAX) return Promise.resolve(refused("too_many_commands"));
    return new Promise((resolve) => this.#waiting.set(send(), resolve));
  }

  answer(handle: number, ok: boolean, response: JsonObject): void {
    const resolve = this.#waiting.get(handle);
    this.#waiting.delete(handle);
    resolve?.(ok ? { ok: true, response } : readRefusal(response));
  }

  /** Answers everything that still waits with a refusal: the visit is over. */
  end(reason: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const resolve of waiting) resolve(refused(reason));
  }
}

export function refused(reason: string, detail = ""): Reply {
  return { ok: false, reason, detail };
}

function readRefusal(response: JsonObject): Reply {
  return refused(text(response["reason"]) ?? "refused", text(response["detail"]) ?? "");
}
