/**
 * The `App` that interface and systems share: what is known as observables, what can be done as commands.
 *
 * Owns the state shown to people. Wishes go through a `Port` to the session; must not know core, sockets or Babylon.
 */
import { BehaviorSubject, Subject } from "rxjs";
import type {
  Admission,
  App,
  ChatLine,
  Connection,
  Gizmo,
  HudLine,
  Json,
  Mode,
  Person,
  Phase,
  Profile,
  Relations,
  Reply,
  Rights,
  Role,
  RoomSettings,
  SavedSnapshot,
  Selection,
  Settings,
  ShapeKind,
  TouchInput,
} from "./app";
import { refused } from "./commands";
import type { JsonObject } from "./core-types";
import { Headset } from "./headset";
import { refusalWords } from "./hud";
import { isObject, member, number, numbers, text } from "./json";
import { type Memory, readProfile, readSettings, writeProfile, writeSettings } from "./memory";
import type { Page } from "./page";
import { NO_RELATIONS, NO_RIGHTS, can } from "./rights";
import { millimetres, newThing } from "./things";
import { type Viewer, newViewer } from "./viewer";

/** A duplicate is put this far to the right of its original, metres, so that both are seen. */
export const DUPLICATE_OFFSET_M = 0.8;

/** What the session does for the app; before the core is loaded there is none. */
export interface Port {
  enter(mode: Mode): void;
  tryAgain(): void;
  leave(): void;
  command(name: string, payload: JsonObject): Promise<Reply>;
  components(entity: string): JsonObject | undefined;
  dispose(): void;
}

export type Fact = { readonly event: string; readonly payload: Json; readonly seq: number; readonly at_ms: number };

export class RoomApp implements App {
  readonly room: Page["room"];
  readonly phase$: BehaviorSubject<Phase>;
  readonly connection$ = new BehaviorSubject<Connection>({ kind: "connecting" });
  readonly admission$ = new BehaviorSubject<Admission>({ ahead: null, crowded: false, people_max: null });
  readonly profile$: BehaviorSubject<Profile>;
  readonly settings$: BehaviorSubject<Settings>;
  readonly rights$ = new BehaviorSubject<Rights>(NO_RIGHTS);
  readonly relations$ = new BehaviorSubject<Relations>(NO_RELATIONS);
  readonly people$ = new BehaviorSubject<readonly Person[]>([]);
  readonly chat$ = new BehaviorSubject<readonly ChatLine[]>([]);
  readonly hud$ = new Subject<HudLine>();
  readonly driver$ = new BehaviorSubject<boolean>(true);
  readonly build$ = new BehaviorSubject<boolean>(false);
  readonly gizmo$ = new BehaviorSubject<Gizmo>("move");
  readonly selection$ = new BehaviorSubject<Selection | null>(null);
  readonly snapshots$ = new BehaviorSubject<readonly SavedSnapshot[]>([]);
  readonly hint$ = new BehaviorSubject<string>("");
  readonly touch: TouchInput = { move_x: 0, move_y: 0, look_x: 0, look_y: 0, up: false };
  readonly headset = new Headset();
  readonly events$ = new Subject<Fact>();
  /** Where the visitor is; written by the movement system. */
  readonly viewer: Viewer = newViewer();
  #port: Port | undefined;
  #in_room = false;

  constructor(page: Page, memory: Memory, chance: number, reduce_motion: boolean) {
    this.room = page.room;
    this.phase$ = new BehaviorSubject<Phase>({ kind: "loading", done_bytes: 0, total_bytes: 0, what: "the room" });
    this.profile$ = new BehaviorSubject(readProfile(memory, chance));
    this.settings$ = new BehaviorSubject(readSettings(memory, reduce_motion));
    this.profile$.subscribe((profile) => writeProfile(memory, profile));
    this.settings$.subscribe((settings) => writeSettings(memory, settings));
    this.phase$.subscribe(({ kind }) => {
      if (kind !== "entering") this.#in_room = kind === "inside";
    });
    this.build$.subscribe((building) => {
      if (!building) this.select(null);
    });
    this.rights$.subscribe((rights) => {
      if (this.build$.value && !can(rights, "build")) this.build$.next(false);
    });
  }

  /** Connects the wishes to whoever fulfils them. */
  attach(port: Port): void {
    this.#port = port;
  }

  get inside(): boolean {
    return this.phase$.value.kind === "inside";
  }

  /** True inside, and while someone who watches waits to enter: they go on watching. */
  get inRoom(): boolean {
    return this.#in_room;
  }

  enter(mode: Mode): void {
    this.#port?.enter(mode);
  }

  tryAgain(): void {
    this.#port?.tryAgain();
  }

  leave(): void {
    this.#port?.leave();
  }

  /** A refusal is also said on the HUD, in plain words. */
  async command(name: string, payload: JsonObject): Promise<Reply> {
    if (this.#port === undefined) return refused("not_entered");
    const reply = await this.#port.command(name, payload);
    if (!reply.ok && reply.reason !== "left") this.warn(refusalWords(reply.reason, reply.detail));
    return reply;
  }

  warn(line: string): void {
    this.hud$.next({ text: line, tone: "warn" });
  }

  say(line: string): Promise<Reply> {
    return this.command("say", { text: line });
  }

  async rename(nickname: string): Promise<Reply> {
    const reply = await this.command("set_nickname", { nickname });
    if (reply.ok) this.profile$.next({ ...this.profile$.value, nickname });
    return reply;
  }

  async recolor(color: string): Promise<Reply> {
    const reply = await this.command("set_avatar", { color });
    if (reply.ok) this.profile$.next({ ...this.profile$.value, color });
    return reply;
  }

  async add(kind: ShapeKind | "text"): Promise<Reply> {
    const components = newThing(kind, this.profile$.value.color, this.viewer);
    return this.#selectMade(await this.command("create_entity", { components }));
  }

  async duplicate(): Promise<Reply> {
    const selection = this.selection$.value;
    if (selection === null) return refused("nothing_selected");
    const payload = { entity: selection.entity, ...this.#besides(selection.components["position"]) };
    return this.#selectMade(await this.command("duplicate_entity", payload));
  }

  paint(color: string): Promise<Reply> {
    const selection = this.selection$.value;
    if (selection === null) return Promise.resolve(refused("nothing_selected"));
    return this.update(selection.entity, { color });
  }

  async remove(): Promise<Reply> {
    const selection = this.selection$.value;
    if (selection === null) return refused("nothing_selected");
    const reply = await this.command("delete_entity", { entity: selection.entity });
    if (reply.ok && this.selection$.value?.entity === selection.entity) this.select(null);
    return reply;
  }

  select(entity: string | null): void {
    const components = entity === null ? undefined : this.#port?.components(entity);
    if (entity !== null && components !== undefined) this.selection$.next({ entity, components });
    else if (this.selection$.value !== null) this.selection$.next(null);
  }

  update(entity: string, components: JsonObject): Promise<Reply> {
    return this.command("update_components", { entity, components });
  }

  async saveSnapshot(name: string): Promise<Reply> {
    const reply = await this.command("save_snapshot", { name });
    if (reply.ok) await this.refreshSnapshots();
    return reply;
  }

  restoreSnapshot(name: string): Promise<Reply> {
    return this.command("restore_snapshot", { name });
  }

  async refreshSnapshots(): Promise<void> {
    const reply = await this.command("list_snapshots", {});
    if (reply.ok) this.snapshots$.next(readSnapshots(reply.response["snapshots"]));
  }

  continueHere(): Promise<Reply> {
    return this.command("drive", {});
  }

  setRole(user_id: string, role: Role): Promise<Reply> {
    return this.command("set_role", { user_id, role });
  }

  setRoomSettings(change: Partial<RoomSettings>): Promise<Reply> {
    return this.command("set_settings", { ...change });
  }

  setMuted(user_id: string, muted: boolean): Promise<Reply> {
    return this.command(muted ? "mute" : "unmute", { user_id });
  }

  setBlocked(user_id: string, blocked: boolean): Promise<Reply> {
    return this.command(blocked ? "block" : "unblock", { user_id });
  }

  dispose(): void {
    this.#port?.dispose();
  }

  #selectMade(reply: Reply): Reply {
    const entity = reply.ok ? text(reply.response["entity"]) : undefined;
    if (entity !== undefined) this.select(entity);
    return reply;
  }

  /** A place to the right of an original, as the visitor sees it; without a place of its own none is asked for. */
  #besides(place: Json | undefined): JsonObject {
    const position = numbers(place, 3);
    if (position === undefined) return {};
    const [x = 0, y = 0, z = 0] = position;
    const { yaw } = this.viewer;
    return {
      position: [
        millimetres(x + Math.cos(yaw) * DUPLICATE_OFFSET_M),
        y,
        millimetres(z - Math.sin(yaw) * DUPLICATE_OFFSET_M),
      ],
    };
  }
}

function readSnapshots(list: Json | undefined): readonly SavedSnapshot[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).filter(isObject).map((each) => ({
    name: text(each["name"]) ?? "",
    kind: snapshotKind(text(member(each, "kind"))),
    at_ms: number(each["at"]) ?? 0,
  }));
}

function snapshotKind(kind: string | undefined): SavedSnapshot["kind"] {
  return kind === "initial" || kind === "auto" ? kind : "named";
}
