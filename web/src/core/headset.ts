/**
 * Going into a headset and out of it, as interface and page see it. Knows no WebXR: what does attaches a way in.
 */
import { BehaviorSubject } from "rxjs";

/** `absent` without a headset; `present` while the page shows the room; `starting`; `on` while the headset shows it. */
export type HeadsetState = "absent" | "present" | "starting" | "on";

/** A visit with the headset. */
export interface HeadsetVisit {
  /** Resolves when it is over, whoever ended it. */
  readonly ended: Promise<void>;
  end(): void;
}

export class Headset {
  readonly state$ = new BehaviorSubject<HeadsetState>("absent");
  #start: (() => Promise<HeadsetVisit>) | undefined;
  #visit: HeadsetVisit | undefined;
  #unwanted = false;

  /** A headset is there, and this is how to get into it; undefined when it has gone. */
  attach(start: (() => Promise<HeadsetVisit>) | undefined): void {
    this.#start = start;
    const state = this.state$.value;
    if (state === "absent" || state === "present") this.#rest();
  }

  /** Goes in. Ask at a press of a button: browsers want to see one. Rejects when the headset cannot be had. */
  async enter(): Promise<void> {
    if (this.#start === undefined || this.state$.value !== "present") return;
    this.state$.next("starting");
    this.#unwanted = false;
    try {
      this.#visit = await this.#start();
    } catch (error) {
      this.#rest();
      throw error;
    }
    void this.#visit.ended.then(() => {
      this.#visit = undefined;
      this.#rest();
    });
    this.state$.next("on");
    if (this.#unwanted) this.leave();
  }

  /** Goes back to the page, from a visit that is only starting as soon as it has. */
  leave(): void {
    this.#unwanted = true;
    this.#visit?.end();
  }

  #rest(): void {
    this.state$.next(this.#start === undefined ? "absent" : "present");
  }
}
