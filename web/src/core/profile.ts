/**
 * Who this visitor is: name and colour, chosen in the lobby, remembered by the browser, changed in the room.
 */
import { BehaviorSubject } from "rxjs";
import type { Reply } from "./commands";
import { type Memory, readProfile, writeProfile } from "./memory";
import type { Wishes } from "./wishes";

/** What this visitor chose in the lobby; remembered in localStorage. */
export interface Profile {
  readonly nickname: string;
  /** "#RRGGBB" */
  readonly color: string;
}

export class OwnProfile {
  readonly profile$: BehaviorSubject<Profile>;
  readonly #wishes: Wishes;

  /** `chance` (0..1) picks a newcomer's colour. */
  constructor(wishes: Wishes, memory: Memory, chance: number) {
    this.#wishes = wishes;
    this.profile$ = new BehaviorSubject(readProfile(memory, chance));
    this.profile$.subscribe((profile) => writeProfile(memory, profile));
  }

  async rename(nickname: string): Promise<Reply> {
    const reply = await this.#wishes.command("set_nickname", { nickname });
    if (reply.ok) this.profile$.next({ ...this.profile$.value, nickname });
    return reply;
  }

  async recolor(color: string): Promise<Reply> {
    const reply = await this.#wishes.command("set_avatar", { color });
    if (reply.ok) this.profile$.next({ ...this.profile$.value, color });
    return reply;
  }
}
