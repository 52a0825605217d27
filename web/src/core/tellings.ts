/**
 * What the room tells as facts: lines on the HUD, the chat, and the stream of all facts.
 *
 * Owns how a fact reaches people. Must not know core, link or scene.
 */
import { audienceOf } from "./audience";
import { bannerOf, gameLineFor, killerIn, thingName } from "./game_lines";
import { Comings } from "./comings";
import { type RoomEvent, userOf } from "./core-types";
import { type HudLine, type NameOf, comingOf, lineFor, subjectOf } from "./hud";
import { member, text } from "./json";
import { COLOR_DEFAULT, NICKNAME_DEFAULT, isColor } from "./people";
import { isHidden } from "./rights";
import type { RoomApp } from "./room-app";
import type { Roster } from "./roster";
import { shown } from "./writing";

/** What the room does by its rules, whoever set that off: also to who does not meet them. */
const OF_THE_ROOM: ReadonlySet<string> = new Set([
  "hud_shown",
  "sound_played",
  "user_teleported",
  "user_respawned",
  "door_opened",
  "door_closed",
  "level_won",
  "level_lost",
]);

export class Tellings {
  readonly #app: RoomApp;
  readonly #roster: Roster;
  readonly #self_id: string;
  readonly #comings = new Comings();

  constructor(app: RoomApp, roster: Roster, self_id: string) {
    this.#app = app;
    this.#roster = roster;
    this.#self_id = self_id;
  }

  hear(fact: RoomEvent, now_ms: number): void {
    const saved = fact.event === "snapshot_saved" || fact.event === "snapshot_restored";
    // Of people whom one does not meet nothing is told; what they do to the room is, without their name.
    if (!saved && !OF_THE_ROOM.has(fact.event) && this.#isOfHidden(fact)) return;
    // Behind the lobby's dialog nothing scrolls past.
    if (this.#app.visit.inside) this.#line(fact, now_ms);
    if (fact.event === "user_died" && subjectOf(fact) === this.#self_id) this.#died(fact);
    if (fact.event === "message_said") this.#said(fact);
    if (fact.event === "grab_asked") this.#asked(fact, now_ms);
    if (saved && this.#app.states.snapshots$.value.length > 0) void this.#app.states.refreshSnapshots();
    this.#app.events$.next({ event: fact.event, payload: fact.payload, seq: fact.seq, at_ms: fact.at });
  }

  /** Tells what was gathered; once a frame. */
  gathered(now_ms: number): void {
    for (const line of this.#comings.due(now_ms)) if (this.#app.visit.inside) this.#app.hud.hud$.next(line);
  }

  #isHidden(user_id: string): boolean {
    return isHidden(this.#app.people.relations$.value, user_id);
  }

  #isOfHidden(fact: RoomEvent): boolean {
    const actor = userOf(fact.actor) ?? "";
    return this.#isHidden(actor) || (actor !== this.#self_id && this.#isHidden(subjectOf(fact)));
  }

  #line(fact: RoomEvent, now_ms: number): void {
    const coming = comingOf(fact, this.#self_id, this.#nameOf);
    const line =
      coming === undefined
        ? (lineFor(fact, this.#self_id, this.#nameOf, this.#app.keyboard.label("KeyH")) ?? this.#gameLine(fact))
        : this.#comings.note(coming.way, coming.name, now_ms);
    if (line !== undefined) this.#app.hud.hud$.next(line);
  }

  readonly #nameOf: NameOf = (id) => (this.#isHidden(id) ? undefined : this.#roster.nameOf(id));
  readonly #thingOf: NameOf = (id) => (this.#isHidden(id) ? undefined : thingName(this.#app.wishes.port?.components(id)));

  #gameLine(fact: RoomEvent): HudLine | undefined {
    return bannerOf(fact) ?? gameLineFor(fact, this.#self_id, this.#nameOf, this.#thingOf);
  }

  #died(fact: RoomEvent): void {
    this.#app.vitals.killedBy(killerIn(fact, this.#self_id, this.#nameOf, this.#thingOf));
  }

  #asked(fact: RoomEvent, now_ms: number): void {
    const [entity, user_id] = [text(member(fact.payload, "entity")), text(member(fact.payload, "user_id"))];
    if (entity === undefined || user_id === undefined || user_id === this.#self_id) return;
    this.#app.holding.question$.next({ entity, user_id, at_ms: now_ms });
  }

  #said(fact: RoomEvent): void {
    const user_id = text(member(fact.payload, "user_id")) ?? userOf(fact.actor) ?? "";
    const color = text(member(fact.payload, "color")) ?? "";
    const nickname = text(member(fact.payload, "nickname"));
    const line = {
      at_ms: fact.at,
      user_id,
      nickname: nickname === undefined ? (this.#roster.nameOf(user_id) ?? NICKNAME_DEFAULT) : shown(nickname),
      color: isColor(color) ? color : (this.#roster.colorOf(user_id) ?? COLOR_DEFAULT),
      text: shown(text(member(fact.payload, "text")) ?? ""),
      to: audienceOf(member(fact.payload, "to")),
    };
    this.#app.chat.hear(line, line.user_id === this.#self_id);
  }
}
