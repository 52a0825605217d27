/**
 * The line on which voices come and go: asks the room for one, offers it, waits until something comes through, begins anew
 * when it is lost.
 *
 * Owns the order of calls and the waits. Must not know browsers: what connects, what asks and what wakes is handed in.
 */
import { voiceDelay } from "../core/backoff";
import type { Reply } from "../core/commands";
import { SCREENS_SEEN_MAX, VOICE_SLOTS_MAX } from "../core/generated";
import { type Json, type JsonObject, member, number, text } from "../core/json";
import type { Hearing } from "../core/voice";
import { type Failure, NO_WEBRTC, noWay, refusedBy } from "./failures";
import { tuned, waitsAt } from "./sdp";

/** After so long without a way through, milliseconds, a network is taken to have none. */
export const CONNECT_MS = 10_000;
/** A line that stops for less than this, milliseconds, comes back by itself. Browsers say that one stopped after five seconds of nothing: long enough for a phone to change its mast. */
export const PATIENCE_MS = 1_000;

/** A line that is known to be gone is made anew within so long, milliseconds: not everybody of a network that has changed in one moment. */
const AGAIN_MS = 250;

/** What the room says a line has. */
export interface Terms {
  readonly slots: number;
  /** Shared screens that are seen at once. */
  readonly screens: number;
  readonly ice_servers: readonly RTCIceServer[];
}

/** One connection; each is used once. */
export interface Peer {
  /** What is to be sent to the other side; waits a moment for ways to reach us. */
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  /** Sends the microphone, or nothing. */
  send(track: MediaStreamTrack | null): void;
  /** Sends what is shared, or nothing. */
  share(track: MediaStreamTrack | null): void;
  /** Says something on the line's own channel, once it is open. */
  say(message: JsonObject): void;
  /** Sends a frame of motion, if that can be done at once. */
  move(frame: Uint8Array): void;
  /** Asks the other side whether datagrams come through; it says the same number. */
  probe(number: number): void;
  stats(): Promise<RTCStatsReport>;
  close(): void;
}

/** What a connection tells. */
export interface PeerListener {
  state(state: RTCPeerConnectionState): void;
  /** Something that the other side says on the channel. */
  said(message: Json): void;
  /** The channel is open. */
  opened(): void;
  /** The voice of a slot, whoever it is. */
  voice(slot: number, stream: MediaStream): void;
  /** Datagrams can be sent, or no longer. */
  carries(on: boolean): void;
  /** A frame of motion. */
  moved(frame: Uint8Array): void;
  /** A probe has come back. */
  probed(number: number): void;
  /** What comes in a slot for screens, whichever it is. */
  screen(slot: number, stream: MediaStream): void;
}

export interface LineWorld {
  ask(name: string, payload: JsonObject): Promise<Reply>;
  /** Throws where the browser has no such thing. */
  connect(terms: Terms, listener: PeerListener): Peer;
  /** Does something later; the returned function prevents it. */
  after(ms: number, work: () => void): () => void;
  /** 0 to 1. */
  chance(): number;
}

export interface LineListener {
  hearing(hearing: Hearing): void;
  /** A new connection has so many slots. */
  begun(slots: number): void;
  voice(slot: number, stream: MediaStream): void;
  screen(slot: number, stream: MediaStream): void;
  said(message: Json): void;
  opened(): void;
  carries(on: boolean): void;
  moved(frame: Uint8Array): void;
  probed(number: number): void;
  /** Nothing comes any more. */
  ended(): void;
}

export class Line {
  readonly #world: LineWorld;
  readonly #listener: LineListener;
  #peer: Peer | undefined;
  /** Another number for each try: what belongs to an earlier one is too late. */
  #life = 0;
  #attempt = 0;
  #failed = false;
  #track: MediaStreamTrack | null = null;
  #shared: MediaStreamTrack | null = null;
  #stopWaiting: () => void = () => undefined;

  constructor(world: LineWorld, listener: LineListener) {
    this.#world = world;
    this.#listener = listener;
  }

  get peer(): Peer | undefined {
    return this.#peer;
  }

  /** A line is wanted; one that is there is made anew. */
  begin(): void {
    this.#attempt = 0;
    this.#failed = false;
    this.#again();
  }

  /** None is wanted any more; the room is told while it listens. */
  end(listening: boolean): void {
    const had = this.#peer !== undefined;
    this.#drop();
    this.#life += 1;
    this.#listener.hearing({ kind: "off" });
    if (had && listening) void this.#world.ask("rtc_close", {});
  }

  /** Nothing comes by this connection any more, which the browser has not noticed yet. */
  broken(): void {
    if (this.#peer === undefined) return;
    this.#drop();
    this.#listener.hearing({ kind: "connecting" });
    this.#wait(AGAIN_MS * this.#world.chance(), () => this.#again());
  }

  /** What is sent, on this connection and those after it. */
  send(track: MediaStreamTrack | null): void {
    this.#track = track;
    this.#peer?.send(track);
  }

  /** What is shared, on this connection and those after it. */
  share(track: MediaStreamTrack | null): void {
    this.#shared = track;
    this.#peer?.share(track);
  }

  say(message: JsonObject): void {
    this.#peer?.say(message);
  }

  #again(): void {
    this.#drop();
    this.#life += 1;
    // What failed goes on to have failed until it has not: nobody reads words that flicker.
    if (!this.#failed) this.#listener.hearing({ kind: "connecting" });
    void this.#try(this.#life).catch((error: unknown) => {
      console.warn(error);
      this.#fail(refusedBy("bad_offer", ""));
    });
  }

  async #try(life: number): Promise<void> {
    const began = await this.#world.ask("rtc_begin", {});
    if (life !== this.#life) return;
    if (!began.ok) return this.#fail(refusedBy(began.reason, began.detail));
    const terms = termsOf(began.response);
    const peer = this.#connect(terms, life);
    if (peer === undefined) return this.#fail(NO_WEBRTC);
    const sdp = await peer.offer();
    if (life !== this.#life) return;
    const answered = await this.#world.ask("rtc_offer", { sdp });
    if (life !== this.#life) return;
    if (!answered.ok) return this.#fail(refusedBy(answered.reason, answered.detail));
    const answer = text(answered.response["sdp"]) ?? "";
    this.#wait(CONNECT_MS, () => this.#fail(noWay(waitsAt(answer))));
    await peer.accept(tuned(answer));
  }

  #connect(terms: Terms, life: number): Peer | undefined {
    const current = (work: () => void) => {
      if (life === this.#life) work();
    };
    try {
      this.#peer = this.#world.connect(terms, {
        state: (state) => current(() => this.#follow(state)),
        said: (message) => current(() => this.#listener.said(message)),
        opened: () => current(() => this.#listener.opened()),
        voice: (slot, stream) => current(() => this.#listener.voice(slot, stream)),
        carries: (on) => current(() => this.#listener.carries(on)),
        moved: (frame) => current(() => this.#listener.moved(frame)),
        probed: (number) => current(() => this.#listener.probed(number)),
        screen: (slot, stream) => current(() => this.#listener.screen(slot, stream)),
      });
    } catch (error) {
      console.warn(error);
      return undefined;
    }
    this.#listener.begun(terms.slots);
    this.#peer.send(this.#track);
    this.#peer.share(this.#shared);
    return this.#peer;
  }

  #follow(state: RTCPeerConnectionState): void {
    switch (state) {
      case "connected":
        this.#stopWaiting();
        this.#attempt = 0;
        this.#failed = false;
        return this.#listener.hearing({ kind: "connected" });
      case "disconnected":
        return this.#wait(PATIENCE_MS, () => this.#lost());
      case "failed":
      case "closed":
        return this.#lost();
      case "new":
      case "connecting":
        return;
    }
  }

  /** What was there once is had again soon; what never came is not there. */
  #lost(): void {
    this.#drop();
    if (!this.#failed) this.#listener.hearing({ kind: "connecting" });
    this.#retry();
  }

  #fail(failure: Failure | undefined): void {
    this.#drop();
    if (failure === undefined) return this.#listener.hearing({ kind: "off" });
    const { why, advice, again } = failure;
    this.#failed = true;
    this.#listener.hearing({ kind: "failed", why, advice, again });
    if (again) this.#retry();
  }

  #retry(): void {
    this.#wait(voiceDelay(this.#attempt, this.#world.chance()), () => this.#again());
    this.#attempt += 1;
  }

  #wait(ms: number, work: () => void): void {
    this.#stopWaiting();
    this.#stopWaiting = this.#world.after(ms, work);
  }

  #drop(): void {
    this.#stopWaiting();
    const peer = this.#peer;
    this.#peer = undefined;
    if (peer === undefined) return;
    // What it tells of its own end is too late.
    this.#life += 1;
    peer.close();
    this.#listener.ended();
  }
}

function termsOf(response: JsonObject): Terms {
  const servers = response["ice_servers"];
  const [slots, screens] = [response["slots"], response["screens"]].map((told) => Math.trunc(number(told) ?? 0));
  return {
    slots: Math.min(VOICE_SLOTS_MAX, Math.max(1, slots ?? 0)),
    screens: Math.min(SCREENS_SEEN_MAX, Math.max(0, screens ?? 0)),
    ice_servers: Array.isArray(servers) ? (servers as readonly Json[]).flatMap(serverOf) : [],
  };
}

function serverOf(told: Json): readonly RTCIceServer[] {
  const list = member(told, "urls");
  const urls = Array.isArray(list) ? (list as readonly Json[]).map(text).filter((url) => url !== undefined) : [];
  const [username, credential] = [text(member(told, "username")), text(member(told, "credential"))];
  if (urls.length === 0) return [];
  return [{ urls, ...(username === undefined ? {} : { username }), ...(credential === undefined ? {} : { credential }) }];
}
