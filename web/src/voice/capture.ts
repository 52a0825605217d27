/**
 * The microphone's device: open while somebody needs it and not a moment longer, so that the browser's recording light goes
 * out. Must not know what it is needed for.
 */

/** A microphone that is open. */
export interface Opened {
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
  readonly name: string;
  /** True when the one that was chosen is gone, and this is the usual one. */
  readonly fell_back: boolean;
}

/** Why there is none. */
export type Denial = "denied" | "missing" | "busy" | "insecure";

export type Outcome = { readonly ok: true; readonly opened: Opened } | { readonly ok: false; readonly denial: Denial };

/** What a microphone can be needed for. */
export type Need = "talk" | "meter";

export class Capture {
  readonly #open: (device: string) => Promise<Outcome>;
  readonly #changed: (opened: Opened | undefined) => void;
  readonly #lost: () => void;
  readonly #needs = new Set<Need>();
  #device = "";
  #opened: Opened | undefined;
  #opening: Promise<Outcome> | undefined;

  /** `changed` hears of each microphone that opens, and of undefined when one has closed; `lost` when none came in its place. */
  constructor(open: (device: string) => Promise<Outcome>, changed: (opened: Opened | undefined) => void, lost: () => void) {
    this.#open = open;
    this.#changed = changed;
    this.#lost = lost;
  }

  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** Asks for the microphone; it stays open until nobody needs it. */
  async need(need: Need): Promise<Outcome> {
    this.#needs.add(need);
    if (this.#opened !== undefined) return { ok: true, opened: this.#opened };
    this.#opening ??= this.#begin();
    const outcome = await this.#opening;
    if (!outcome.ok) this.#needs.delete(need);
    return outcome;
  }

  drop(need: Need): void {
    this.#needs.delete(need);
    if (this.#needs.size === 0) this.#close();
  }

  /** Takes another device, at once if one is open. */
  async choose(device: string): Promise<void> {
    if (device === this.#device) return;
    this.#device = device;
    if (this.#opened !== undefined) await this.#reopen();
  }

  /** Opens anew what was taken away, for those who need it. */
  async #reopen(): Promise<void> {
    this.#close();
    if (this.#needs.size === 0) return;
    this.#opening ??= this.#begin();
    const outcome = await this.#opening;
    if (outcome.ok) return;
    this.#needs.clear();
    this.#lost();
  }

  async #begin(): Promise<Outcome> {
    const device = this.#device;
    const outcome = await this.#open(device);
    this.#opening = undefined;
    if (!outcome.ok) return outcome;
    const { opened } = outcome;
    // Nobody waits any more, or for another one: it must not listen on.
    if (this.#needs.size === 0) {
      stop(opened);
      return outcome;
    }
    if (device !== this.#device) {
      stop(opened);
      return await (this.#opening = this.#begin());
    }
    this.#opened = opened;
    opened.track.addEventListener("ended", () => this.#opened === opened && void this.#reopen());
    this.#changed(opened);
    return outcome;
  }

  #close(): void {
    const opened = this.#opened;
    if (opened === undefined) return;
    this.#opened = undefined;
    stop(opened);
    this.#changed(undefined);
  }
}

function stop({ stream }: Opened): void {
  for (const track of stream.getTracks()) track.stop();
}
