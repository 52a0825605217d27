/**
 * The way of motion beside the socket: datagrams, while there is a line that carries them (`voice/`).
 *
 * Owns whether they are used. Must not know WebRTC, or when they are better.
 */
import { BehaviorSubject } from "rxjs";

/** What the session does with it. */
export interface MotionPort {
  /** What this visitor does goes by datagrams from now on, or by the socket again. */
  carry(on: boolean): void;
  /** A frame came. */
  received(frame: Uint8Array): void;
}

export class MotionWay {
  readonly carried$ = new BehaviorSubject(false);
  #port: MotionPort | undefined;
  #send: ((frame: Uint8Array) => void) | undefined;

  attach(port: MotionPort): void {
    this.#port = port;
  }

  /** Motion goes this way from now on; without one by the socket. */
  carry(send: ((frame: Uint8Array) => void) | undefined): void {
    const carried = send !== undefined;
    this.#send = send;
    if (carried === this.carried$.value) return;
    this.#port?.carry(carried);
    this.carried$.next(carried);
  }

  send(frame: Uint8Array): void {
    this.#send?.(frame);
  }

  received(frame: Uint8Array): void {
    this.#port?.received(frame);
  }
}
