/**
 * Who this visitor is: name, colour and looks, chosen in the lobby, remembered by the browser, changed in the room.
 */
import { BehaviorSubject } from "rxjs";
import type { AvatarLook } from "./avatar_look";
import type { Reply } from "./commands";
import { type Memory, isNewcomer, readProfile, writeProfile } from "./memory";
import { Mirror } from "./mirror";
import { freeColor, suggestName } from "./suggest";
import type { Wishes } from "./wishes";

/** What this visitor chose in the lobby; remembered in localStorage. */
export interface Profile {
  readonly nickname: string;
  /** "#RRGGBB" */
  readonly color: string;
  readonly look: AvatarLook;
}

export class OwnProfile {
  readonly profile$: BehaviorSubject<Profile>;
  readonly mirror = new Mirror();
  /** A name for whoever has none yet. */
  readonly suggested_name: string;
  readonly #wishes: Wishes;
  /** The colour that dice chose; nobody else has wished for it. */
  #rolled: string | undefined;

  /** `chance` (0..1) picks a newcomer's colour and name. */
  constructor(wishes: Wishes, memory: Memory, chance: number) {
    this.#wishes = wishes;
    this.suggested_name = suggestName(chance);
    const newcomer = isNewcomer(memory);
    this.profile$ = new BehaviorSubject(readProfile(memory, chance));
    if (newcomer) this.#rolled = this.profile$.value.color;
    this.profile$.subscribe((profile) => writeProfile(memory, profile));
  }

  /** Whose colour was rolled takes another one when somebody here has it. */
  avoid(taken: readonly string[]): void {
    const { color } = this.profile$.value;
    if (color !== this.#rolled) return;
    this.#rolled = freeColor(color, taken);
    if (this.#rolled !== color) this.profile$.next({ ...this.profile$.value, color: this.#rolled });
  }

  /** Other looks, in the room. */
  async restyle(part: Partial<AvatarLook>): Promise<Reply> {
    const reply = await this.#wishes.command("set_avatar", { ...part });
    if (reply.ok) this.profile$.next({ ...this.profile$.value, look: { ...this.profile$.value.look, ...part } });
    return reply;
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
