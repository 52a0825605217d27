/**
 * Voices as people see them: whether one hears the others and is heard, who speaks, and why not. What is wished of them goes
 * to `voice/`, which is loaded once somebody is inside, or asks for their microphone.
 *
 * Owns the state that interface and systems share. Must not know WebRTC, audio or devices.
 */
import { BehaviorSubject } from "rxjs";
import type { Memory } from "./memory";
import type { ShareSource } from "./screens";
import type { Ambience, SoundName, SoundPlace } from "./sounds";
import { VoiceChoices } from "./voice_choices";

/**
 * The line on which voices come. It needs no permission.
 *
 * ```text
 * off --inside--> connecting --> connected --lost--> connecting …
 *                     |                        any --leave--> off
 *                     +--refused, no way through--> failed --tried again--> connected
 * ```
 */
export type Hearing =
  | { readonly kind: "off" }
  | { readonly kind: "connecting" }
  | { readonly kind: "connected" }
  /** `why` in a sentence, `advice` says what a person can do; `again`: it is tried again by itself. */
  | { readonly kind: "failed"; readonly why: string; readonly advice: string; readonly again: boolean };

/**
 * The own microphone. `busy`: another program has it; `insecure`: the browser
 * gives none to a page that came without HTTPS; `muted`: by a moderator, for everyone.
 *
 * ```text
 * off --wished--> asking --granted--> on --wished, left, unplugged--> off
 *                   +--refused--> denied | missing | busy | insecure --wished--> asking
 * any --muted--> muted --no longer--> off
 * ```
 */
export type Microphone = "off" | "asking" | "on" | "denied" | "missing" | "busy" | "insecure" | "muted";

/** A device of the browser's list; nameless until a microphone was granted. */
export interface SoundDevice {
  readonly id: string;
  readonly name: string;
}

export interface SoundDevices {
  readonly microphones: readonly SoundDevice[];
  /** Empty where the browser lets nobody choose. */
  readonly outputs: readonly SoundDevice[];
}

/** What the line of voices is like, read once a second. */
export interface VoiceNumbers {
  /** How it goes through the network. */
  readonly path: "udp" | "tcp" | "relay" | "unknown";
  readonly rtt_ms: number;
  /** Lost of what was to come, 0 to 1. */
  readonly loss: number;
  readonly jitter_ms: number;
  readonly received_kbit_s: number;
  readonly sent_kbit_s: number;
  /** How many voices are taken at once: fewer while too much is lost. */
  readonly slots: number;
}

/** Where voices and effects are heard from; told a few times a second. */
export interface Ears {
  /** Whether somebody's voice comes now: only then it matters where they are. */
  carries(user_id: string): boolean;
  /** How loud somebody's voice comes now, 0 to 1; undefined where it does not. */
  loudnessOf(user_id: string): number | undefined;
  /** Where a speaker's head is, metres. */
  put(user_id: string, x: number, y: number, z: number): void;
  /** Where the own head is: position and quaternion. */
  listen(place: Float32Array): void;
}

/** How loud what is heard is on either side, for tests. */
export interface Loudness {
  readonly left: number;
  readonly right: number;
}

/** What `voice/` does. */
export interface VoicePort {
  /** Turns the microphone on or off. */
  press(): void;
  /** Where one holds to talk: speaks from now on, or no longer. */
  hold(down: boolean): void;
  /** Shows the microphone's level without anyone hearing it. */
  meter(on: boolean): void;
  /** Plays a sound as voices are played. */
  test(): void;
  /** What a click or a key does for a browser that plays nothing before. */
  resume(): void;
  /** Shares onto a screen, once the browser and the room agree. */
  share(source: ShareSource, entity: string): void;
  unshare(): void;
  /** Plays an effect at a place of the room, or all around; `gain` makes it quieter, 0 to 1. */
  ring(sound: SoundName, place: SoundPlace | undefined, gain?: number): void;
  /** Has the place hum from now on, or no longer. */
  hum(ambience: Ambience | undefined): void;
  loudness(): Loudness;
  slots(): readonly (string | null)[];
}

const NOBODY: ReadonlySet<string> = new Set();

export class Voice {
  readonly hearing$ = new BehaviorSubject<Hearing>({ kind: "off" });
  readonly microphone$ = new BehaviorSubject<Microphone>("off");
  /** How loud the microphone hears, 0 to 1; 0 while it is closed. */
  readonly level$ = new BehaviorSubject(0);
  /** The name of the microphone that is open; null while none is. */
  readonly device$ = new BehaviorSubject<string | null>(null);
  readonly devices$ = new BehaviorSubject<SoundDevices>({ microphones: [], outputs: [] });
  /** Whether this visitor speaks now. */
  readonly speaking$ = new BehaviorSubject(false);
  /** Whose voice is audible now, by user id. */
  readonly heard$ = new BehaviorSubject(NOBODY);
  /** Who speaks now, by user id: those one hears, and those of whom the room says so. */
  readonly speakers$ = new BehaviorSubject(NOBODY);
  /** True while the browser plays nothing until it sees a click. */
  readonly silenced$ = new BehaviorSubject(false);
  readonly numbers$ = new BehaviorSubject<VoiceNumbers | null>(null);
  readonly choices: VoiceChoices;
  /** Undefined until what plays sounds is loaded. */
  ears: Ears | undefined;
  port: VoicePort | undefined;
  readonly #fetch: () => Promise<VoicePort>;
  #coming: Promise<VoicePort | undefined> | undefined;
  #ambience: Ambience | undefined;

  constructor(memory: Memory, fetch: () => Promise<VoicePort>) {
    this.choices = new VoiceChoices(memory);
    this.#fetch = fetch;
  }

  /** Loads what carries voices, once. */
  load(): Promise<VoicePort | undefined> {
    this.#coming ??= this.#fetch().then(
      (port) => {
        this.port = port;
        if (this.#ambience !== undefined) port.hum(this.#ambience);
        return port;
      },
      (error: unknown) => {
        console.warn(error);
        // The next wish tries again.
        this.#coming = undefined;
        this.hearing$.next({ kind: "failed", why: "What carries voices could not be loaded.", advice: "Reload the page to try again.", again: false });
        return undefined;
      },
    );
    return this.#coming;
  }

  press(): void {
    void this.#do((port) => port.press());
  }

  /** A key or a button of the microphone: `held`, one speaks while it is down; else each press turns it on or off. */
  button(down: boolean, held: boolean): void {
    if (held) void this.#do((port) => port.hold(down));
    else if (down) this.press();
  }

  share(source: ShareSource, entity: string): void {
    void this.#do((port) => port.share(source, entity));
  }

  unshare(): void {
    void this.#do((port) => port.unshare());
  }

  meter(on: boolean): void {
    void this.#do((port) => port.meter(on));
  }

  test(): void {
    void this.#do((port) => port.test());
  }

  resume(): void {
    this.port?.resume();
  }

  /** Plays an effect; nothing before anything can be heard. */
  ring(sound: SoundName, place: SoundPlace | undefined, gain = 1): void {
    this.port?.ring(sound, place, gain);
  }

  /** Has the place hum; as soon as anything can be heard. */
  hum(ambience: Ambience | undefined): void {
    if (ambience === this.#ambience) return;
    this.#ambience = ambience;
    this.port?.hum(ambience);
  }

  /** At once where it can be: browsers want to see the press of a button behind what it does. */
  async #do(work: (port: VoicePort) => void): Promise<void> {
    const port = this.port ?? (await this.load());
    if (port !== undefined) work(port);
  }
}

/** The same set while nobody came or went, so that nobody looks again in vain. */
export function sameOrNew(before: ReadonlySet<string>, now: ReadonlySet<string>): ReadonlySet<string> {
  return before.size === now.size && [...now].every((id) => before.has(id)) ? before : now;
}
