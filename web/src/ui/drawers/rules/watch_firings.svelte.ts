/** The last firings of a thing's rules, asked for while somebody looks at them. */
import type { Reply } from "../../../core/commands";
import { type Firing, readFirings } from "../../logic/rules/firings";

/** How often, milliseconds. */
const ASK_EVERY_MS = 1_000;

export class FiringWatch {
  firings = $state.raw<readonly Firing[]>([]);
  readonly #ask: () => Promise<Reply>;
  readonly #isHidden: () => boolean;
  #asking = false;

  constructor(ask: () => Promise<Reply>, isHidden: () => boolean) {
    this.#ask = ask;
    this.#isHidden = isHidden;
  }

  /** Asks once a second while the page is seen, one question at a time; returns what ends it. */
  watch(): () => void {
    let ended = false;
    const look = async (): Promise<void> => {
      if (ended || this.#asking || this.#isHidden()) return;
      this.#asking = true;
      const reply = await this.#ask();
      this.#asking = false;
      if (reply.ok && !ended) this.firings = readFirings(reply.response);
      // A server without rules is not asked again.
      else if (!reply.ok && reply.reason === "unknown_event") clearInterval(timer);
    };
    const timer = setInterval(() => void look(), ASK_EVERY_MS);
    void look();
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }
}
