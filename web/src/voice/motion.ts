/**
 * Motion at work on a line: asks whether datagrams come through, has them carry motion while they are no worse than the socket, and
 * makes a line anew on which nothing comes any more.
 *
 * Owns the order of these. Must not know rooms or browsers: what asks, what carries and the clock are handed in.
 */
import type { Reply } from "../core/commands";
import type { JsonObject } from "../core/json";
import { Carriage } from "./carriage";
import type { Line } from "./line";
import { counted } from "./numbers";

/** A line on which no question is answered for so long, milliseconds, and nothing else comes, is gone: browsers notice after five seconds and more. */
const GONE_MS = 1_500;
/** From here on one looks whether anything else comes. */
const SILENT_MS = 750;

export interface MotionWorld {
  now(): number;
  /** The socket's round trip, milliseconds; undefined while it is lost. */
  socket_ms(): number | undefined;
  /** Whether datagrams travel as such. */
  direct(): boolean;
  ask(name: string, payload: JsonObject): Promise<Reply>;
  /** Has what this visitor does go so from now on; undefined: by the socket. */
  carry(send: ((frame: Uint8Array) => void) | undefined): void;
}

/** What of a line it needs. */
export type MotionLine = Pick<Line, "peer" | "broken">;

export class MotionAtWork {
  readonly #world: MotionWorld;
  readonly #line: MotionLine;
  readonly #carriage = new Carriage();
  /** What had come when the line fell silent, bytes. */
  #silent_at: number | undefined;

  constructor(world: MotionWorld, line: MotionLine) {
    this.#world = world;
    this.#line = line;
  }

  /** The line's channel is open. */
  opened(): void {
    this.#carriage.opened();
  }

  /** It is closed, or the whole line is. */
  closed(): void {
    this.#silent_at = undefined;
    this.#carriage.closed();
    this.#world.carry(undefined);
  }

  answered(number: number): void {
    this.#carriage.answered(number, this.#world.now());
  }

  /** Time has passed: a probe's worth. */
  step(): void {
    const socket_ms = this.#world.socket_ms();
    if (socket_ms === undefined) return;
    const todo = this.#carriage.step(this.#world.now(), socket_ms, this.#world.direct());
    if (todo.probe !== undefined) this.#line.peer?.probe(todo.probe);
    if (todo.ask !== undefined) void this.#ask(todo.ask);
    void this.#feel();
  }

  /** Up it stops at once, down when the room has heard of it; never both ways at once. */
  async #ask(on: boolean): Promise<void> {
    const { peer } = this.#line;
    if (!on) this.#world.carry(undefined);
    const reply = await this.#world.ask("rtc_motion", { on });
    if (peer === undefined || peer !== this.#line.peer) return;
    this.#carriage.told(reply.ok, this.#world.now());
    if (this.#carriage.carries) this.#world.carry((frame) => peer.move(frame));
  }

  /** Makes the line anew once nothing comes any more: a network that has changed says nothing. */
  async #feel(): Promise<void> {
    const now_ms = this.#world.now();
    // What loses much is left to the browser: it may only have been unlucky.
    const silent_ms = this.#carriage.isSteady(now_ms) ? this.#carriage.silent_ms(now_ms) : 0;
    const { peer } = this.#line;
    const before = this.#silent_at;
    if (silent_ms < SILENT_MS || peer === undefined) this.#silent_at = undefined;
    if (silent_ms < (before === undefined ? SILENT_MS : GONE_MS) || peer === undefined) return;
    const report = await peer.stats().catch(() => undefined);
    if (report === undefined || peer !== this.#line.peer) return;
    const { received_bytes } = counted([...report.values()] as Record<string, unknown>[], 0);
    this.#silent_at = received_bytes;
    if (before === received_bytes) this.#line.broken();
  }
}
