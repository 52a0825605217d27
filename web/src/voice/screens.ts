/**
 * Screens at work: what this visitor shares, and what comes of what others share, told to `app.screens`.
 *
 * Owns which stream belongs to which screen. Must not know how anything is drawn.
 */
import type { Json } from "../core/json";
import type { RoomApp } from "../core/room-app";
import { type ScreenWishes, type ShareSource } from "../core/screens";
import { capturePicture } from "./capture_picture";
import { type Entry, picturesIn } from "./numbers";
import { SharingAtWork } from "./sharing";
import { screensIn } from "./slots";
import { PICTURES, Thinning } from "./thinning";

/** What of the line screens need. */
export interface ScreenLine {
  share(track: MediaStreamTrack | null): void;
  say(message: { readonly screens: ScreenWishes }): void;
}

export class ScreensAtWork {
  readonly #app: RoomApp;
  readonly #line: ScreenLine;
  readonly #sharing: SharingAtWork;
  /** What comes in each slot, whichever screen it is of. */
  readonly #streams = new Map<number, MediaStream>();
  #seen: readonly (string | null)[] = [];
  #own: { readonly entity: string; readonly stream: MediaStream } | undefined;
  #thinning = new Thinning(PICTURES);
  #wished = "";

  constructor(app: RoomApp, line: ScreenLine) {
    this.#app = app;
    this.#line = line;
    const { screens, wishes, hud } = app;
    this.#sharing = new SharingAtWork({
      capture: (source) => capturePicture(navigator.mediaDevices, source),
      ask: wishes.ask.bind(wishes),
      send: (track) => line.share(track),
      told: (sharing, stream) => {
        this.#own = sharing.kind === "on" && stream !== undefined ? { entity: sharing.entity, stream } : undefined;
        screens.sharing$.next(sharing);
        this.#show();
      },
      say: (words) => hud.warn(words),
    });
    screens.told$.subscribe((entity) => this.#sharing.learn(entity));
    screens.wishes$.subscribe(() => this.wish());
    document.addEventListener("visibilitychange", () => this.wish());
    app.voice.numbers$.subscribe(() => this.wish());
  }

  share(source: ShareSource, entity: string): void {
    void this.#sharing.start(source, entity);
  }

  unshare(): void {
    this.#sharing.stop();
  }

  setAllowed(allowed: boolean): void {
    this.#sharing.setAllowed(allowed);
    // What the room told before this page could act on it.
    if (allowed && this.#app.screens.sharing$.value.kind === "off") this.#sharing.learn(this.#app.screens.told$.value);
  }

  // ---- the line ---------------------------------------------------------------------------------------------------

  begin(): void {
    this.#thinning = new Thinning(PICTURES);
    this.end();
  }

  come(slot: number, stream: MediaStream): void {
    this.#streams.set(slot, stream);
    this.#show();
  }

  hear(message: Json): void {
    const seen = screensIn(message);
    if (seen === undefined) return;
    this.#seen = seen;
    this.#show();
  }

  /** The line can be told again how screens are wished to be seen. */
  opened(): void {
    this.#wished = "";
    this.wish();
  }

  end(): void {
    this.#streams.clear();
    this.#seen = [];
    this.#show();
  }

  /** While too much of the pictures is lost small ones are asked for. */
  count(report: Iterable<Entry>, now_ms: number): void {
    const { received, lost } = picturesIn(report);
    if (this.#thinning.see(now_ms, received, lost)) this.wish();
  }

  /** Tells the room how this visitor wishes to see its screens now. */
  wish(): void {
    // A stream takes no large picture at once: what does not fit is lost, and asked for again.
    const { screens, voice } = this.#app;
    const takes_large = this.#thinning.full && voice.numbers$.value?.path !== "tcp";
    const wishes = wishesNow(screens.wishes$.value, document.hidden, takes_large);
    const text = JSON.stringify(wishes);
    if (text === this.#wished) return;
    this.#wished = text;
    this.#line.say({ screens: wishes });
  }

  #show(): void {
    const shown = new Map<string, MediaStream>();
    for (const [slot, entity] of this.#seen.entries()) {
      const stream = this.#streams.get(slot);
      if (entity !== null && stream !== undefined) shown.set(entity, stream);
    }
    if (this.#own !== undefined) shown.set(this.#own.entity, this.#own.stream);
    const { streams$ } = this.#app.screens;
    const same = shown.size === streams$.value.size && [...shown].every(([entity, stream]) => streams$.value.get(entity) === stream);
    if (!same) streams$.next(shown);
  }
}

/** What is wished of the room: nothing while nobody sees the page, and small pictures while the line loses too much of large ones. */
export function wishesNow(wishes: ScreenWishes, hidden: boolean, takes_large: boolean): ScreenWishes {
  const as = (wish: ScreenWishes[string]) => (hidden ? "none" : wish === "high" && !takes_large ? "low" : wish);
  return Object.fromEntries(Object.entries(wishes).map(([entity, wish]) => [entity, as(wish)]));
}
