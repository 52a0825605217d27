/**
 * What this visitor shares onto a screen: captured, agreed on with the room, sent; and ended whoever ends it.
 *
 * Owns the order of these and the captured tracks. Must not know browsers, lines or rooms: what captures, asks and sends is handed in.
 */
import type { Reply } from "../core/commands";
import { refusalWords } from "../core/hud";
import type { JsonObject } from "../core/json";
import type { ShareSource, Sharing } from "../core/screens";

/** Something that is captured: a screen, a window, a camera. */
export interface Captured {
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
}

/** Why nothing is: `dismissed` by whoever was asked, who knows it. */
export type CaptureDenial = "dismissed" | "denied" | "missing" | "busy" | "insecure";

export type CaptureOutcome = { readonly ok: true; readonly captured: Captured } | { readonly ok: false; readonly denial: CaptureDenial };

export interface SharingWorld {
  capture(source: ShareSource): Promise<CaptureOutcome>;
  ask(name: string, payload: JsonObject): Promise<Reply>;
  /** Sends it, or nothing. */
  send(track: MediaStreamTrack | null): void;
  /** The state changed; with it what is captured. */
  told(sharing: Sharing, stream: MediaStream | undefined): void;
  say(words: string): void;
}

const OFF: Sharing = { kind: "off" };

export class SharingAtWork {
  readonly #world: SharingWorld;
  #sharing: Sharing = OFF;
  #captured: Captured | undefined;
  #allowed = false;
  /** Another number for each try: what belongs to an earlier one is too late. */
  #life = 0;

  constructor(world: SharingWorld) {
    this.#world = world;
  }

  /** Shares onto a screen: the browser asks what, then the room is asked. */
  async start(source: ShareSource, entity: string): Promise<void> {
    if (this.#sharing.kind !== "off" || !this.#allowed) return;
    this.#life += 1;
    const life = this.#life;
    this.#go({ kind: "asking", source, entity });
    const outcome = await this.#world.capture(source);
    if (!outcome.ok) return this.#refused(life, denialWords(source, outcome.denial));
    const { captured } = outcome;
    if (life !== this.#life) return release(captured);
    this.#captured = captured;
    // Whoever is asked has the browser's own button to stop it, from now on.
    captured.track.addEventListener("ended", () => this.#captured === captured && this.stop());
    const reply = await this.#world.ask("share_screen", { entity });
    if (life !== this.#life) {
      // It was ended while the room was asked: what the room agreed to ends, too.
      if (reply.ok) this.#tellEnd(entity);
      return;
    }
    if (!reply.ok) return this.#refused(life, refusalWords(reply.reason, reply.detail));
    this.#world.send(captured.track);
    this.#go({ kind: "on", source, entity });
  }

  /** Ends it: by the button, by the browser's own, because the visit ends. */
  stop(): void {
    const before = this.#sharing;
    if (before.kind === "off") return;
    this.#end();
    if (before.kind === "on") this.#tellEnd(before.entity);
  }

  /** What the room says this visitor shares onto now, whenever that changes. */
  learn(told: string | null): void {
    const { kind } = this.#sharing;
    if (kind === "on" && told !== this.#sharing.entity) {
      this.#end();
      this.#world.say("You no longer share: the screen was freed.");
    }
    // A page that was loaded anew shares nothing of what it did before.
    if (kind === "off" && told !== null && this.#allowed) this.#tellEnd(told);
  }

  /** Whether this visitor has an avatar here that could share, moved by this page. */
  setAllowed(allowed: boolean): void {
    if (allowed === this.#allowed) return;
    this.#allowed = allowed;
    if (!allowed) this.stop();
  }

  #refused(life: number, words: string): void {
    if (life !== this.#life) return;
    this.#end();
    if (words !== "") this.#world.say(words);
  }

  #end(): void {
    this.#life += 1;
    const captured = this.#captured;
    this.#captured = undefined;
    // First nothing is sent any more, then the light goes out.
    this.#world.send(null);
    if (captured !== undefined) release(captured);
    this.#go(OFF);
  }

  #go(sharing: Sharing): void {
    this.#sharing = sharing;
    this.#world.told(sharing, sharing.kind === "on" ? this.#captured?.stream : undefined);
  }

  /** A refusal says that it has ended already. */
  #tellEnd(entity: string): void {
    void this.#world.ask("unshare_screen", { entity });
  }
}

function release({ stream }: Captured): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Why nothing could be captured, in a sentence; empty for whoever said so themselves. */
export function denialWords(source: ShareSource, denial: CaptureDenial): string {
  const what = source === "camera" ? "camera" : "screen";
  switch (denial) {
    case "dismissed":
      return "";
    case "denied":
      return `Your browser gives this page no ${what}. Allow it beside the page's address, then try again.`;
    case "missing":
      return source === "camera" ? "No camera was found. Plug one in, then try again." : "Your browser shares no screen. Share a camera, or use another browser.";
    case "busy":
      return `Another program has the ${what}. Close it there, then try again.`;
    case "insecure":
      return `Browsers give a ${what} only to https:// pages. Ask whoever runs this server.`;
  }
}
