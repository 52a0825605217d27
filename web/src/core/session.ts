/**
 * A visit to a room: core, link and app held together. What the core tells becomes what people see; what people wish
 * becomes commands.
 *
 * Owns the order of calls into the core and the life of the visit. Must not know Babylon or Svelte. Every entry from
 * outside goes through `#guard`: after a panic of the core nothing may touch it again.
 */
import type { Connection, Mode, Person, Reply } from "./app";
import { appended } from "./chat";
import { Commands, refused } from "./commands";
import { type Reading, barsFor, numbersBetween } from "./connection";
import {
  AVATAR_FLAG,
  AVATAR_ROW,
  type ClientCore,
  type CoreEvent,
  type CoreStats,
  type JsonObject,
  type RoomEvent,
  parseCoreEvent,
  userOf,
} from "./core-types";
import { lineFor, refusalWords } from "./hud";
import { member, text } from "./json";
import { Link, type LinkListener, type LinkWorld } from "./link";
import { COLOR_DEFAULT, NICKNAME_DEFAULT, isColor } from "./people";
import { type Change, Replica } from "./replica";
import { Roster } from "./roster";
import type { Port, RoomApp } from "./room-app";

/** How often the connection's numbers are read, milliseconds. */
export const STATS_EVERY_MS = 1_000;
/** A hidden tab draws no frames; its core is still driven this often, milliseconds, so that it stays in the room. */
export const HIDDEN_EVERY_MS = 1_000;
/** A channel that ended is joined again after about this time, milliseconds; the core decides. */
const REJOIN_ABOUT_MS = 1_000;
/** Refusals to join after which trying again is useless, with what to tell. */
const FINAL_REFUSALS: { readonly [reason: string]: string } = {
  banned: "You can't enter this room",
  room_not_found: "This room does not exist",
  unauthorized: "Your visit has expired",
  quarantined: "This room is paused",
  room_quarantined: "This room is paused",
  unsupported_dialect: "This page is too old",
};

export class Session implements Port {
  readonly core: ClientCore;
  readonly app: RoomApp;
  readonly replica: Replica;
  readonly self_id: string;
  readonly #link: Link;
  readonly #commands = new Commands();
  readonly #roster: Roster;
  /** Entity indices of those whose connection is lost for the moment. */
  #away: ReadonlySet<number> = new Set();
  #reading: Reading | undefined;
  #lost_at_ms = 0;
  #live = false;
  #token_renewed = false;
  #over = false;

  constructor(app: RoomApp, core: ClientCore, self_id: string, token: string, world: LinkWorld) {
    this.app = app;
    this.core = core;
    this.self_id = self_id;
    this.replica = new Replica(core);
    this.#roster = new Roster(self_id);
    this.#link = new Link(world, this.#listener(), token);
    app.attach(this);
  }

  /** Shows the lobby and joins as its preview. */
  start(): void {
    this.app.phase$.next({ kind: "lobby" });
    this.#link.open();
  }

  /** The person whose avatar is at an index. */
  personAt(index: number): Person | undefined {
    return this.#roster.at(index);
  }

  // ---- once per frame -------------------------------------------------------------------------------------------

  /** Timers and interpolation, then everything told since the last frame, then what changed. */
  frame(now_ms: number): readonly Change[] {
    return (
      this.#guard(() => {
        this.core.frame(now_ms);
        this.#drainEvents();
        const changes = this.replica.drain();
        this.#noticePeople(changes);
        this.#noticeAway();
        this.#noticeSelection(changes);
        return changes;
      }) ?? []
    );
  }

  /** Sends what the core has ready; last in a frame. */
  transmit(): void {
    this.#guard(() => this.#pump());
  }

  /** Runs a frame's work; an exception ends the visit with a page that reloads. */
  guarded(work: () => void): void {
    this.#guard(work);
  }

  /** A frame of a tab nobody sees: the core keeps its timers, pictures wait. */
  hiddenFrame(now_ms: number): void {
    this.#guard(() => {
      this.core.timers(now_ms);
      this.#drainEvents();
      this.#pump();
    });
  }

  /** Reads the connection's numbers; `frames_per_s` is the scene's. */
  measure(now_ms: number, frames_per_s: number): void {
    if (!this.#live) return;
    const stats = this.#guard(() => JSON.parse(this.core.stats()) as CoreStats);
    if (stats === undefined) return;
    const reading = { at_ms: now_ms, stats };
    this.app.connection$.next(online(this.#reading ?? reading, reading, frames_per_s));
    this.#reading = reading;
  }

  // ---- wishes ---------------------------------------------------------------------------------------------------

  enter(mode: Mode): void {
    const phase = this.app.phase$.value;
    const observing = phase.kind === "inside" && phase.mode === "observe";
    if (this.#over || (phase.kind !== "lobby" && phase.kind !== "left" && !observing)) return;
    this.#guard(() => {
      // What was told before belongs to the preview: it must not be taken for the answer to this wish.
      this.#drainEvents();
      this.app.phase$.next({ kind: "entering", mode });
      this.#join(mode);
    });
    if (phase.kind === "left") this.#link.open();
  }

  leave(): void {
    const { kind } = this.app.phase$.value;
    if (kind !== "inside" && kind !== "entering") return;
    this.app.build$.next(false);
    this.goodbye();
    this.app.phase$.next({ kind: "left" });
  }

  /** Tells the room that we go, at once: also the last act of a page that is closed. */
  goodbye(): void {
    this.#guard(() => {
      this.core.leave(performance.now());
      this.#pump();
    });
    this.#live = false;
    this.#link.end();
    this.#commands.end("left");
  }

  command(name: string, payload: JsonObject): Promise<Reply> {
    const { kind } = this.app.phase$.value;
    if (this.#over || kind === "left") return Promise.resolve(refused("left"));
    const json = JSON.stringify(payload);
    const reply = this.#guard(() => {
      const waiting = this.#commands.run(() => this.core.command(name, json, performance.now()));
      this.#pump();
      return waiting;
    });
    return reply ?? Promise.resolve(refused("left"));
  }

  components(entity: string): JsonObject | undefined {
    return this.#guard(() => this.replica.components(entity));
  }

  dispose(): void {
    if (this.#over) return;
    this.goodbye();
    this.#over = true;
    this.core.free();
  }

  /** The network or the tab woke up. */
  hurry(): void {
    if (!this.#over) this.#link.hurry();
  }

  // ---- the link -------------------------------------------------------------------------------------------------

  #listener(): LinkListener {
    const now = () => performance.now();
    const feed = (work: () => void) =>
      void this.#guard(() => {
        work();
        this.#pump();
      });
    return {
      opened: () => feed(() => this.core.opened(now())),
      closed: () => feed(() => this.core.closed(now())),
      text: (message) => feed(() => this.core.receive_text(message, now())),
      binary: (message) => feed(() => this.core.receive_binary(message, now())),
      waiting: (delay_ms) => this.#waiting(delay_ms),
      expired: () => this.#fail("Your place here has expired", "Reload to come in again.", "reload"),
      gone: () => this.#fail("This room no longer exists", "It was deleted.", "rooms"),
    };
  }

  #waiting(delay_ms: number): void {
    if (this.#live || this.#lost_at_ms === 0) this.#lost_at_ms = Date.now();
    this.#live = false;
    const next_try_ms = Date.now() + delay_ms;
    this.app.connection$.next({ kind: "reconnecting", since_ms: this.#lost_at_ms, next_try_ms });
  }

  #pump(): void {
    for (let message = this.core.poll_transmit(); message !== undefined; message = this.core.poll_transmit()) {
      this.#link.send(message);
    }
  }

  #join(mode: Mode): void {
    const { nickname, color } = this.app.profile$.value;
    this.core.enter(mode, nickname, JSON.stringify({ color }), performance.now());
    this.#pump();
  }

  // ---- what the core tells --------------------------------------------------------------------------------------

  #drainEvents(): void {
    for (let json = this.core.poll_event(); json !== undefined; json = this.core.poll_event()) {
      this.#hear(parseCoreEvent(json));
      if (this.#over) return;
    }
  }

  #hear(event: CoreEvent): void {
    switch (event.type) {
      case "joined":
        return this.#joined(event.driver);
      case "ready":
        return this.#ready();
      case "join_refused":
        return this.#refusedToJoin(event.reason, event.detail, event.retrying);
      case "reply":
        return this.#commands.answer(event.handle, event.ok, event.response);
      case "event":
        return this.#fact(event);
      case "driver":
        return this.app.driver$.next(event.driver);
      case "closed":
        return this.#channelClosed(event.reason);
      case "fatal":
        return this.#fail("Something went wrong", event.detail, "reload");
      // Who is away stands in the avatars' rows, read every frame.
      case "away":
      case "shout":
      case "restated":
      case "desync":
        return;
    }
    // Exhaustive: a new kind of event is a type error here.
    event satisfies never;
  }

  #joined(driver: boolean): void {
    this.#token_renewed = false;
    this.#link.settled();
    this.app.driver$.next(driver);
  }

  #ready(): void {
    this.#live = true;
    this.#lost_at_ms = 0;
    this.#reading = undefined;
    this.measure(performance.now(), 0);
    const phase = this.app.phase$.value;
    if (phase.kind === "entering") this.app.phase$.next({ kind: "inside", mode: phase.mode });
  }

  #refusedToJoin(reason: string, detail: string, retrying: boolean): void {
    if (reason === "unauthorized" && !this.#token_renewed) {
      this.#token_renewed = true;
      return this.#link.renew();
    }
    const title = Object.hasOwn(FINAL_REFUSALS, reason) ? FINAL_REFUSALS[reason] : undefined;
    if (title !== undefined) return this.#refusedForGood(title, reason, detail);
    this.app.warn(refusalWords(reason, detail));
    if (retrying) return;
    const { kind } = this.app.phase$.value;
    if (kind === "entering" || kind === "inside") {
      this.app.phase$.next({ kind: "lobby" });
      this.#join("observe");
    } else {
      // The preview: the next connection asks again.
      this.#link.retry();
    }
  }

  #refusedForGood(title: string, reason: string, detail: string): void {
    // Whoever was inside knows that it existed.
    if (reason === "room_not_found" && this.app.inside) return this.#fail("This room was closed", detail, "rooms");
    const action = reason === "unauthorized" || reason === "unsupported_dialect" ? "reload" : "rooms";
    this.#fail(title, detail === "" ? refusalWords(reason, detail) : detail, action);
  }

  #fact(fact: RoomEvent): void {
    const line = lineFor(fact, this.self_id, (id) => this.#roster.nameOf(id));
    // Behind the lobby's dialog nothing scrolls past.
    if (line !== undefined && this.app.inside) this.app.hud$.next(line);
    if (fact.event === "message_said") this.#said(fact);
    const saved = fact.event === "snapshot_saved" || fact.event === "snapshot_restored";
    if (saved && this.app.snapshots$.value.length > 0) void this.app.refreshSnapshots();
    this.app.events$.next({ event: fact.event, payload: fact.payload, seq: fact.seq, at_ms: fact.at });
  }

  #said(fact: RoomEvent): void {
    const user_id = text(member(fact.payload, "user_id")) ?? userOf(fact.actor) ?? "";
    const color = text(member(fact.payload, "color")) ?? "";
    const line = {
      at_ms: fact.at,
      user_id,
      nickname: text(member(fact.payload, "nickname")) ?? this.#roster.nameOf(user_id) ?? NICKNAME_DEFAULT,
      color: isColor(color) ? color : (this.#roster.colorOf(user_id) ?? COLOR_DEFAULT),
      text: text(member(fact.payload, "text")) ?? "",
    };
    this.app.chat$.next(appended(this.app.chat$.value, line));
  }

  /** The core rejoins by itself after a moment; a socket that is dead is replaced. */
  #channelClosed(reason: string): void {
    if (reason === "heartbeat_timeout") this.#link.retry();
    else this.#waiting(REJOIN_ABOUT_MS);
  }

  // ---- what changed ---------------------------------------------------------------------------------------------

  #noticePeople(changes: readonly Change[]): void {
    let changed = false;
    for (const change of changes) changed = this.#roster.notice(change, this.#away) || changed;
    this.#tellPeople(changed);
  }

  /** Reads out of the avatars' rows whose connection is lost for the moment. */
  #noticeAway(): void {
    const rows = this.core.avatars();
    const away = new Set<number>();
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      const flags = rows[at + AVATAR_ROW.flags] ?? 0;
      if ((flags & AVATAR_FLAG.away) !== 0) away.add(rows[at + AVATAR_ROW.index] ?? -1);
    }
    if (sameNumbers(away, this.#away)) return;
    this.#away = away;
    this.#tellPeople(this.#roster.noticeAway(away));
  }

  #tellPeople(changed: boolean): void {
    if (changed) this.app.people$.next(this.#roster.people());
  }

  #noticeSelection(changes: readonly Change[]): void {
    const selection = this.app.selection$.value;
    if (selection === null || changes.length === 0) return;
    const index = this.replica.index(selection.entity);
    if (index < 0 || changes.some((change) => change.index === index)) this.app.select(selection.entity);
  }

  // ---- ends -----------------------------------------------------------------------------------------------------

  #fail(title: string, detail: string, action: "reload" | "rooms"): void {
    if (this.#over) return;
    this.#over = true;
    this.#live = false;
    this.#link.end();
    this.#commands.end("left");
    this.app.build$.next(false);
    this.app.phase$.next({ kind: "failed", title, detail, action });
  }

  #guard<T>(work: () => T): T | undefined {
    if (this.#over) return undefined;
    try {
      return work();
    } catch (error) {
      console.error(error);
      this.#fail("Something went wrong", "This is our fault. Nothing you did in the room is lost.", "reload");
      return undefined;
    }
  }
}

function online(before: Reading, after: Reading, frames_per_s: number): Connection {
  const numbers = numbersBetween(before, after, frames_per_s);
  return { kind: "online", rtt_ms: numbers.rtt_ms, bars: barsFor(numbers.rtt_ms), numbers };
}

function sameNumbers(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  if (a.size !== b.size) return false;
  for (const each of a) if (!b.has(each)) return false;
  return true;
}
