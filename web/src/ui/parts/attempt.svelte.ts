/** One command on its way: whether it is pending and what the room answered. Shown beside what sent it. */
import type { Reply } from "../../core/commands";
import { refusal } from "../logic/refusal";

export class Attempt {
  pending = $state(false);
  error = $state<string | null>(null);

  /** Waits for the reply; true when it was accepted. */
  async run(reply: Promise<Reply>): Promise<boolean> {
    this.pending = true;
    this.error = null;
    this.error = refusal(await reply);
    this.pending = false;
    return this.error === null;
  }
}
