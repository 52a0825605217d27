/**
 * A visit to a room: core, link and app held together. What the core tells becomes what people see; what people wish
 * becomes commands.
 *
 * Owns the order of calls into the core and the life of the visit. Must not know Babylon or Svelte. Every entry from
 * outside goes through `#guard`: after a panic of the core nothing may touch it again.
 */
import { type Subscription, skip } from "rxjs";
import { avatarOf } from "./avatar_look";
import { Admissions } from "./admissions";
import { AwayWatch } from "./away";
import { type Reply, Commands, refused } from "./commands";
import { type Connection, type PictureNumbers, type Reading, barsFor, numbersBetween } from "./connection";
import { type ClientCore, type CoreEvent, type CoreStats, type JoinMode, parseCoreEvent } from "./core-types";
import { refusalWords } from "./hud";
import type { JsonObject } from "./json";
import { Link, type LinkListener, type LinkWorld } from "./link";
import type { Person } from "./people";
import { PeoplePace } from "./people_pace";
import { Prediction } from "./physics/physics";
import { type Change, Replica } from "./replica";
import { relationsAfter, rightsAfter } from "./rights";
import { changeLines } from "./rights_words";
import type { RoomApp } from "./room-app";
import { Roster } from "./roster";
import { Tellings } from "./tellings";
import type { Mode, RoomLoad } from "./visit";
import type { Port } from "./wishes";

/** How often the connection's numbers are read, milliseconds. */
export const STATS_EVERY_MS = 1_000;
/** A hidden tab draws no frames; its core is still driven this often, milliseconds, so that it stays in the room. */
export const HIDDEN_EVERY_MS = 1_000;
/** A channel that ended is joined again after about this time, milliseconds; the core decides. */
const REJOIN_ABOUT_MS = 1_000;
/** Before the first picture of a visit. */
const NO_PICTURE: PictureNumbers = { frames_per_s: 0, frame_ms: 0, people: { near: 0, mid: 0, far: 0 } };
/** Refusals to join after which trying again is useless, with what to tell. */
const FINAL_REFUSALS: { readonly [reason: string]: string } = {
  banned: "You can't enter this room",
  room_not_found: "This room does not exist",
  unauthorized: "Your visit has expired",
  quarantined: "This room is paused",
  room_quarantined: "This room is paused",
  too_many_connections: "You are here in too many windows",
  unsupported_dialect: "This page is too old",
};

/** Refusals after which the same page may be let in. */
const RELOADING = new Set(["unauthorized", "unsupported_dialect", "too_many_connections"]);

export class Session implements Port {
  readonly core: ClientCore;
  readonly app: RoomApp;
  readonly replica: Replica;
  readonly self_id: string;
  /** Where the room put the own avatar at the last join: place and rotation of the head. */
  place: readonly number[] | undefined;
  readonly #link: Link;
  readonly #commands = new Commands();
  readonly #roster: Roster;
  readonly #tellings: Tellings;
  readonly #admissions: Admissions;
  readonly prediction: Prediction;
  readonly #away = new AwayWatch();
  readonly #people_pace = new PeoplePace();
  readonly #speaking: Subscription;
  #reading: Reading | undefined;
  #lost_at_ms = 0;
  #live = false;
  #blocked = false;
  #token_renewed = false;
  #over = false;

  constructor(app: RoomApp, core: ClientCore, self_id: string, token: string, world: LinkWorld) {
    this.app = app;
    this.core = core;
    this.self_id = self_id;
    this.prediction = new Prediction(core);
    this.replica = new Replica(core);
    this.#roster = new Roster(self_id);
    this.#tellings = new Tellings(app, this.#roster, self_id);
    this.#admissions = new Admissions(app, world.chance, () => this.#knock());
    this.#link = new Link(world, this.#listener(), token);
    app.wishes.attach(this);
    app.motion.attach({
      carry: (on) => this.#guard(() => this.core.set_datagrams(on)),
      received: (frame) => this.#guard(() => this.core.receive_datagram(frame, performance.now())),
    });
    // Not with the frames: one speaks in a tab that nobody sees, too.
    this.#speaking = app.voice.speaking$.pipe(skip(1)).subscribe((speaking) => this.#guard(() => this.core.set_speaking(speaking)));
  }

  /** Joins as the lobby's preview, or as somebody wished who did not wait for that. */
  start(): void {
    const { asked, phase$ } = this.app.visit;
    phase$.next({ kind: "lobby" });
    this.#link.open();
    if (asked !== undefined) this.enter(asked);
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
        this.prediction.frame(now_ms);
        this.core.frame(now_ms);
        this.#drainEvents();
        const changes = this.replica.drain();
        this.app.movement.follow(changes);
        this.app.sky.follow(changes);
        this.#noticePeople(changes);
        this.#tellPeople(now_ms);
        this.#tellings.gathered(now_ms);
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

  /** Nobody sees the tab any more: what is simulated in it goes on in the room. */
  hidden(now_ms: number): void {
    this.#guard(() => {
      this.core.let_go(now_ms);
      this.#pump();
    });
  }

  /** A frame of a tab nobody sees: the core keeps its timers, pictures wait. */
  hiddenFrame(now_ms: number): void {
    this.#guard(() => {
      this.#link.overdue();
      this.core.timers(now_ms);
      this.#drainEvents();
      this.#pump();
    });
  }

  /** Reads the connection's numbers, beside those of the picture. */
  measure(now_ms: number, picture: PictureNumbers): void {
    if (!this.#live) return;
    const stats = this.#guard(() => JSON.parse(this.core.stats()) as CoreStats);
    if (stats === undefined) return;
    const reading = { at_ms: now_ms, stats };
    this.app.visit.connection$.next(online(this.#reading ?? reading, reading, picture));
    this.#reading = reading;
  }

  // ---- wishes ---------------------------------------------------------------------------------------------------

  enter(mode: Mode): void {
    const phase = this.app.visit.phase$.value;
    const observing = phase.kind === "inside" && phase.mode === "observe";
    if (this.#over || (phase.kind !== "lobby" && phase.kind !== "left" && !observing)) return;
    this.#guard(() => {
      // What was told before belongs to the preview: it must not be taken for the answer to this wish.
      this.#drainEvents();
      this.app.visit.phase$.next({ kind: "entering", mode });
      this.#join(mode);
    });
    if (phase.kind === "left") this.#link.open();
  }

  tryAgain(): void {
    if (!this.#over) this.#admissions.tryNow();
  }

  leave(): void {
    const { kind } = this.app.visit.phase$.value;
    if (kind !== "inside" && kind !== "entering") return;
    this.app.building.build$.next(false);
    this.goodbye();
    this.app.visit.phase$.next({ kind: "left" });
  }

  /** Tells the room that we go, at once: also the last act of a page that is closed. */
  goodbye(): void {
    this.#guard(() => {
      this.core.leave(performance.now());
      this.#pump();
    });
    this.#live = false;
    this.#admissions.stop();
    this.#link.end();
    this.#commands.end("left");
  }

  command(name: string, payload: JsonObject): Promise<Reply> {
    const { kind } = this.app.visit.phase$.value;
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
    this.#speaking.unsubscribe();
    this.prediction.dispose();
    this.core.free();
  }

  /** The network or the tab woke up. */
  hurry(): void {
    if (this.#over) return;
    this.#guard(() => this.core.doubt());
    this.#link.hurry();
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
      opened: () => {
        this.#blocked = false;
        feed(() => this.core.opened(now()));
      },
      closed: () => feed(() => this.core.closed(now())),
      text: (message) => feed(() => this.core.receive_text(message, now())),
      binary: (message) => feed(() => this.core.receive_binary(message, now())),
      blocked: () => void (this.#blocked = true),
      waiting: (delay_ms) => this.#waiting(delay_ms),
      expired: () => this.#fail("Your place here has expired", "Reload to come in again.", "reload"),
      gone: () => this.#fail("This room no longer exists", "It was deleted.", "rooms"),
    };
  }

  #waiting(delay_ms: number): void {
    if (this.#live || this.#lost_at_ms === 0) this.#lost_at_ms = Date.now();
    this.#live = false;
    const next_try_ms = Date.now() + delay_ms;
    this.app.visit.connection$.next({ kind: "reconnecting", since_ms: this.#lost_at_ms, next_try_ms, blocked: this.#blocked });
  }

  #pump(): void {
    for (let message = this.core.poll_transmit(); message !== undefined; message = this.core.poll_transmit()) {
      this.#link.send(message);
    }
    for (let frame = this.core.poll_datagram(); frame !== undefined; frame = this.core.poll_datagram()) this.app.motion.send(frame);
  }

  #join(mode: JoinMode): void {
    const { nickname, color, look } = this.app.profile.profile$.value;
    this.core.enter(mode, nickname, JSON.stringify(avatarOf(color, look)), performance.now());
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
    this.#learnRights(event);
    switch (event.type) {
      case "joined":
        return this.#joined(event);
      case "queued":
        return this.#admissions.queued(event.ahead);
      case "ready":
        return this.#ready();
      case "join_refused":
        return this.#refusedToJoin(event);
      case "reply":
        return this.#commands.answer(event.handle, event.ok, event.response);
      case "event":
        return this.#tellings.hear(event, performance.now());
      case "driver":
        return this.app.visit.driver$.next(event.driver);
      case "closed":
        return this.#channelClosed(event.reason);
      case "fatal":
        return this.#fail("Something went wrong", event.detail, "reload");
      // Rights and relations were learnt above; who is away stands in the avatars' rows, read every frame.
      case "rights":
      case "relations":
      case "away":
      case "shout":
      case "restated":
      case "desync":
        return;
    }
    // Exhaustive: a new kind of event is a type error here.
    event satisfies never;
  }

  /** Follows what this visitor may do and whom they meet, and says what became of it. */
  #learnRights(event: CoreEvent): void {
    const { rights$ } = this.app.rights;
    const { relations$ } = this.app.people;
    const [rights, relations] = [rights$.value, relations$.value];
    const [rights_now, relations_now] = [rightsAfter(rights, event), relationsAfter(relations, event)];
    if (rights_now !== rights) {
      rights$.next(rights_now);
      if (this.app.visit.inside) for (const line of changeLines(rights, rights_now)) this.app.hud.hud$.next(line);
    }
    if (relations_now === relations) return;
    relations$.next(relations_now);
    // Who blocked us goes from the list, or comes back to it.
    this.#people_pace.changed();
  }

  #joined(event: Extract<CoreEvent, { type: "joined" }>): void {
    this.#token_renewed = false;
    this.#link.settled();
    this.#admissions.joined(event);
    this.place = event.pose?.head;
    this.app.visit.driver$.next(event.driver);
  }

  #ready(): void {
    this.#live = true;
    this.#lost_at_ms = 0;
    this.#reading = undefined;
    this.measure(performance.now(), NO_PICTURE);
    this.#admissions.ready();
  }

  #refusedToJoin({ reason, detail, retrying, load }: Extract<CoreEvent, { type: "join_refused" }>): void {
    if (reason === "unauthorized" && !this.#token_renewed) {
      this.#token_renewed = true;
      return this.#link.renew();
    }
    const title = Object.hasOwn(FINAL_REFUSALS, reason) ? FINAL_REFUSALS[reason] : undefined;
    if (title !== undefined) return this.#refusedForGood(title, reason, detail);
    const { kind } = this.app.visit.phase$.value;
    if (reason === "room_full" && (load !== undefined || kind === "full")) return this.#full(load);
    this.app.hud.warn(refusalWords(reason, detail));
    if (retrying) return;
    if (kind === "entering" || kind === "inside") {
      this.app.visit.phase$.next({ kind: "lobby" });
      this.#join("preview");
    } else {
      // The preview: the next connection asks again.
      this.#link.retry();
    }
  }

  /** Nobody else fits in: waits without a connection, which the room has none to spare for. */
  #full(load: RoomLoad | undefined): void {
    this.app.building.build$.next(false);
    this.goodbye();
    this.#admissions.full(load ?? null);
  }

  /** Asks a full room once more. */
  #knock(): void {
    const phase = this.app.visit.phase$.value;
    if (this.#over || phase.kind !== "full") return;
    this.#guard(() => this.#join(phase.mode));
    this.#link.open();
  }

  #refusedForGood(title: string, reason: string, detail: string): void {
    // Whoever was inside knows that it existed.
    if (reason === "room_not_found" && this.app.visit.inside) return this.#fail("This room was closed", detail, "rooms");
    const action = RELOADING.has(reason) ? "reload" : "rooms";
    this.#fail(title, detail === "" ? refusalWords(reason, detail) : detail, action);
  }

  /** The core rejoins by itself after a moment; a socket that is dead is replaced. */
  #channelClosed(reason: string): void {
    this.#admissions.lost();
    if (reason === "heartbeat_timeout") this.#link.replace();
    else this.#waiting(REJOIN_ABOUT_MS);
  }

  // ---- what changed ---------------------------------------------------------------------------------------------

  #noticePeople(changes: readonly Change[]): void {
    let changed = this.#away.read(this.core.avatars()) && this.#roster.noticeAway(this.#away.away);
    for (const change of changes) changed = this.#roster.notice(change, this.#away.away) || changed;
    if (changed) this.#people_pace.changed();
  }

  #tellPeople(now_ms: number): void {
    if (!this.#people_pace.due(now_ms, this.#roster.size)) return;
    const { blocked_by } = this.app.people.relations$.value;
    this.app.people.people$.next(this.#roster.people().filter((person) => !blocked_by.has(person.user_id)));
  }

  #noticeSelection(changes: readonly Change[]): void {
    const selection = this.app.building.selection$.value;
    if (selection === null || changes.length === 0) return;
    const index = this.replica.index(selection.entity);
    if (index < 0 || changes.some((change) => change.index === index)) this.app.building.select(selection.entity);
  }

  // ---- ends -----------------------------------------------------------------------------------------------------

  #fail(title: string, detail: string, action: "reload" | "rooms"): void {
    if (this.#over) return;
    this.#over = true;
    this.#live = false;
    this.#admissions.stop();
    this.#link.end();
    this.#commands.end("left");
    this.app.building.build$.next(false);
    this.app.visit.phase$.next({ kind: "failed", title, detail, action });
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

function online(before: Reading, after: Reading, picture: PictureNumbers): Connection {
  const numbers = numbersBetween(before, after, picture);
  return { kind: "online", rtt_ms: numbers.rtt_ms, bars: barsFor(numbers.rtt_ms, after.stats.unanswered_ms), numbers };
}
