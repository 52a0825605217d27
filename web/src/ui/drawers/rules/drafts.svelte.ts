/**
 * The rules of a thing while they are changed: what stands on the page until the room has answered, and what it refused.
 *
 * One change is under way at a time; what is changed meanwhile goes after it, all at once.
 */
import type { Reply } from "../../../core/commands";
import type { Json } from "../../../core/json";
import { refusal } from "../../logic/refusal";
import { type Refused, readRefused } from "../../logic/rules/refused";

export class RuleDrafts {
  /** Null while the room's rules are those on the page. */
  draft = $state.raw<readonly Json[] | null>(null);
  refused = $state.raw<Refused | null>(null);
  readonly #send: (rules: readonly Json[]) => Promise<Reply>;
  #sending = false;
  #ended = false;

  constructor(send: (rules: readonly Json[]) => Promise<Reply>) {
    this.#send = send;
  }

  /** Has the room take these rules; after a refusal they stay on the page, with why. */
  async set(rules: readonly Json[]): Promise<void> {
    this.draft = rules;
    if (this.#sending) return;
    this.#sending = true;
    let sent: readonly Json[] | null = null;
    while (this.draft !== null && this.draft !== sent && !this.#ended) {
      sent = this.draft;
      this.#answered(sent, await this.#send(sent));
    }
    this.#sending = false;
  }

  /** Goes back to what the room has. */
  forget(): void {
    this.draft = null;
    this.refused = null;
  }

  /** The thing is not looked at any more: nothing more is sent. */
  end(): void {
    this.#ended = true;
  }

  #answered(sent: readonly Json[], reply: Reply): void {
    if (reply.ok) {
      this.refused = null;
      if (this.draft === sent) this.draft = null;
    } else {
      const placed = reply.reason === "bad_component" ? readRefused(reply.detail) : undefined;
      this.refused = placed ?? { rule: undefined, step: undefined, part: "", words: refusal(reply) ?? "" };
    }
  }
}
