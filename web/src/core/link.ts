/**
 * The WebSocket and its rebirths: opens, reads, waits, tries again, asks for a new token when the old one fails.
 *
 * Owns the socket object and the timing. What travels is the core's business; must not know rooms or screens.
 */
import { reconnectDelay } from "./backoff";
import type { FreshToken } from "./page";

/** Opens that fail in a row before the page's token is asked for again: it may have expired while the tab slept. */
export const FAILED_OPENS_BEFORE_TOKEN = 3;

/** A socket that has not opened after so long never will, milliseconds: networks swallow what they do not like. */
export const OPENING_MAX_MS = 10_000;

/** What the link tells; each call is complete before the next. */
export interface LinkListener {
  opened(): void;
  closed(): void;
  text(message: string): void;
  binary(message: Uint8Array): void;
  /** The server gives us pages and tokens, and yet the socket does not open. */
  blocked(): void;
  /** The next try comes in this many milliseconds. */
  waiting(delay_ms: number): void;
  /** The room's page is gone: trying again is useless. */
  gone(): void;
  /** Our token no longer opens the room, and the page gives us another person's: only a reload helps. */
  expired(): void;
}

/** The world outside: sockets, chance, time, the room's page. */
export interface LinkWorld {
  connect(token: string): WebSocket;
  freshToken(): Promise<FreshToken>;
  chance(): number;
}

export class Link {
  readonly #world: LinkWorld;
  readonly #listener: LinkListener;
  #token: string;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #opening: ReturnType<typeof setTimeout> | undefined;
  /** When the waiting, or the opening, is over, milliseconds of `performance.now()`. */
  #until_ms = 0;
  #attempt = 0;
  #failed_opens = 0;
  /** The server answered for the page's token since a socket opened last. */
  #answered = false;
  #last_try = false;
  #ended = true;

  constructor(world: LinkWorld, listener: LinkListener, token: string) {
    this.#world = world;
    this.#listener = listener;
    this.#token = token;
  }

  open(): void {
    this.#ended = false;
    this.#connect();
  }

  /** Sends when the socket is open; what cannot be sent is lost, and the core resends what matters after the rejoin. */
  send(message: string | Uint8Array): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (typeof message === "string") this.#socket.send(message);
    else this.#socket.send(message as Uint8Array<ArrayBuffer>);
  }

  /** The join succeeded: the next loss starts with a short wait again. */
  settled(): void {
    this.#attempt = 0;
  }

  /** Tries at once when waiting; for a network that came back or a tab that woke up. */
  hurry(): void {
    if (this.#timer !== undefined) this.#connect();
  }

  /** Does what should have happened by now; for a page nobody sees, whose timers the browser puts off. */
  overdue(): void {
    if (performance.now() < this.#until_ms) return;
    if (this.#timer !== undefined) this.#connect();
    else if (this.#opening !== undefined) this.#neverOpened();
  }

  /** Gives this connection up and waits for the next try. */
  retry(): void {
    this.#socket?.close(1000);
  }

  /** The socket is dead and does not say so: another takes its place at once, and nobody waits for its farewell. */
  replace(): void {
    if (this.#ended) return;
    this.#listener.waiting(0);
    this.#connect();
  }

  /** Asks for a new token, then connects anew with it. */
  renew(): void {
    this.#failed_opens = 0;
    void this.#world.freshToken().then((fresh) => this.#renewed(fresh));
  }

  end(): void {
    this.#ended = true;
    this.#stopOpening();
    this.#stopWaiting();
    this.#socket?.close(1000);
  }

  #connect(): void {
    this.#stopWaiting();
    this.#drop();
    const socket = this.#world.connect(this.#token);
    let opened = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      opened = true;
      this.#stopOpening();
      this.#failed_opens = 0;
      this.#answered = false;
      this.#last_try = false;
      this.#listener.opened();
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (typeof event.data === "string") this.#listener.text(event.data);
      else this.#listener.binary(new Uint8Array(event.data));
    };
    socket.onclose = () => this.#lost(opened);
    this.#socket = socket;
    this.#until_ms = performance.now() + OPENING_MAX_MS;
    this.#opening = setTimeout(() => this.#neverOpened(), OPENING_MAX_MS);
  }

  #neverOpened(): void {
    this.#drop();
    this.#lost(false);
  }

  /** A socket that is still closing must not end the one that follows it. */
  #drop(): void {
    const socket = this.#socket;
    this.#stopOpening();
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
    this.#socket = undefined;
    this.#listener.closed();
  }

  #lost(opened: boolean): void {
    this.#stopOpening();
    this.#socket = undefined;
    if (!opened) this.#failed_opens += 1;
    this.#listener.closed();
    if (this.#ended) return;
    if (!opened && this.#answered) this.#listener.blocked();
    if (this.#failed_opens >= FAILED_OPENS_BEFORE_TOKEN) this.renew();
    else this.#wait();
  }

  #renewed(fresh: FreshToken): void {
    if (this.#ended) return;
    if (fresh.kind === "gone") {
      this.end();
      this.#listener.gone();
      return;
    }
    if (fresh.kind === "stranger" && !this.#mayTryOldToken()) {
      this.end();
      this.#listener.expired();
      return;
    }
    if (fresh.kind === "token") {
      this.#token = fresh.token;
      this.#answered = true;
    }
    if (this.#socket !== undefined) this.retry();
    else if (this.#timer === undefined) this.#wait();
  }

  /** The server may only have been away: ours gets one more open now that it answers, unless it was refused just now. */
  #mayTryOldToken(): boolean {
    if (this.#socket !== undefined || this.#last_try) return false;
    this.#last_try = true;
    this.#failed_opens = FAILED_OPENS_BEFORE_TOKEN - 1;
    return true;
  }

  #wait(): void {
    const delay_ms = reconnectDelay(this.#attempt, this.#world.chance());
    this.#attempt += 1;
    this.#until_ms = performance.now() + delay_ms;
    this.#timer = setTimeout(() => this.#connect(), delay_ms);
    this.#listener.waiting(delay_ms);
  }

  #stopOpening(): void {
    clearTimeout(this.#opening);
    this.#opening = undefined;
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
