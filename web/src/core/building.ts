/**
 * Building: whether this visitor builds, what is selected, and what is done to it.
 */
import { BehaviorSubject } from "rxjs";
import { type Reply, refused } from "./commands";
import type { Hud } from "./hud";
import { type Json, type JsonObject, numbers, text } from "./json";
import type { Sites } from "./sites";
import { THING_COLORS, type ThingKind, footAhead, footOf, millimetres, newThing, partsOf, sizeOf } from "./things";
import { type Change, type Inverse, UndoList } from "./undo";
import type { Viewer } from "./viewer";
import type { Wishes } from "./wishes";

/** A duplicate of what hangs on something is put this far to the right of its original, metres, so that both are seen. */
export const DUPLICATE_OFFSET_M = 0.8;
/** Deleting what is as large as this, or holds as many things, is asked about first: metres, things. */
export const LARGE_M = 6;
export const MANY_THINGS = 10;
/** What is scaled below this in a direction is not seen any more. */
export const SEEN_SCALE = 0.01;

export type Gizmo = "move" | "rotate" | "scale";

/** The selected entity: its components as they are now. */
export interface Selection {
  readonly entity: string;
  readonly components: { readonly [name: string]: Json };
}

/** Something that is not deleted without being asked about. */
export interface Question {
  readonly entity: string;
  readonly words: string;
}

export class Building {
  readonly build$ = new BehaviorSubject<boolean>(false);
  readonly gizmo$ = new BehaviorSubject<Gizmo>("move");
  readonly selection$ = new BehaviorSubject<Selection | null>(null);
  /** What a click would do now: shown at the crosshair, empty for nothing. */
  readonly hint$ = new BehaviorSubject<string>("");
  /** What is to be deleted, once somebody says that they mean it. */
  readonly asked$ = new BehaviorSubject<Question | null>(null);
  /** This visitor's own changes. */
  readonly undoable = new UndoList();
  /** What the systems know of the room's places, once they are there. */
  sites: Sites | undefined;
  readonly #wishes: Wishes;
  readonly #viewer: Viewer;
  readonly #hud: Hud;
  #added = 0;

  constructor(wishes: Wishes, viewer: Viewer, hud: Hud) {
    this.#wishes = wishes;
    this.#viewer = viewer;
    this.#hud = hud;
    this.build$.subscribe((building) => {
      if (building) return;
      this.select(null);
      this.asked$.next(null);
    });
  }

  /** Adds what the build drawer offers on free floor near where the visitor looks, or before `from`, and selects it. */
  async add(kind: ThingKind, from?: Viewer): Promise<Reply> {
    const color = THING_COLORS[this.#added % THING_COLORS.length] ?? THING_COLORS[0];
    this.#added += 1;
    const foot = footOf(kind);
    const spot = from === undefined ? this.sites?.ahead(foot) : this.sites?.free(footAhead(from), foot);
    const reply = await this.make(newThing(kind, color, from ?? this.#viewer, spot));
    const parent = madeBy(reply);
    if (parent === undefined) return reply;
    // What hangs on it goes with it, also when it is taken back.
    for (const part of partsOf(kind, color)) {
      const made = await this.#wishes.command("create_entity", { components: { ...part, parent: { entity: parent } } });
      if (!made.ok) return made;
    }
    if (from === undefined) this.sites?.showNew(parent);
    return this.#selectMade(reply);
  }

  /** Makes an entity of these components and selects it. */
  async makeSelected(components: JsonObject): Promise<Reply> {
    return this.#selectMade(await this.make(components));
  }

  /** Makes an entity of these components, and does not select it. */
  async make(components: JsonObject): Promise<Reply> {
    return this.#noteMade(await this.#wishes.command("create_entity", { components }));
  }

  /** Acts on the selection, as the next two do; resolves `{ok:false, reason:"nothing_selected"}` without one. */
  async duplicate(): Promise<Reply> {
    const selection = this.selection$.value;
    if (selection === null) return refused("nothing_selected");
    const payload = { entity: selection.entity, ...this.#besides(selection) };
    return this.#selectMade(this.#noteMade(await this.#wishes.command("duplicate_entity", payload)));
  }

  paint(color: string): Promise<Reply> {
    const selection = this.selection$.value;
    if (selection === null) return Promise.resolve(refused("nothing_selected"));
    return this.update(selection.entity, { color });
  }

  /** Deletes the selection; what many would miss is asked about first (`asked$`), and not deleted yet. */
  async remove(): Promise<Reply> {
    const selection = this.selection$.value;
    if (selection === null) return refused("nothing_selected");
    const words = this.#doubts(selection);
    if (words === undefined) return this.#delete(selection.entity);
    this.asked$.next({ entity: selection.entity, words });
    return { ok: true, response: {} };
  }

  /** Answers the question. */
  async answer(yes: boolean): Promise<Reply> {
    const asked = this.asked$.value;
    this.asked$.next(null);
    return yes && asked !== null ? this.#delete(asked.entity) : { ok: true, response: {} };
  }

  async #delete(entity: string): Promise<Reply> {
    const components = this.#wishes.port?.components(entity) ?? {};
    const group = this.sites?.group(entity) ?? [{ entity, components }];
    const reply = await this.#wishes.command("delete_entity", { entity });
    if (!reply.ok) return reply;
    if (this.selection$.value?.entity === entity) this.select(null);
    const change = this.undoable.deleted(group);
    const words = group.length > 1 ? `Deleted with ${group.length - 1} more` : "Deleted";
    this.#hud.hud$.next({ text: words, tone: "plain", way: { words: "Undo", act: () => void this.takeBack(change) } });
    return reply;
  }

  /** Why somebody should be asked before a thing goes; undefined for what nobody would miss. */
  #doubts({ entity, components }: Selection): string | undefined {
    const below = (this.sites?.group(entity).length ?? 1) - 1;
    const extent_m = this.sites?.extent_m(entity) ?? sizeOf(components);
    const floor = components["floor"] !== undefined && components["floor"] !== false;
    if (floor) return "People stand on it. Delete it for everyone?";
    if (below >= MANY_THINGS) return `${below} things hang on it and go with it. Delete them for everyone?`;
    return extent_m >= LARGE_M ? `It is ${Math.round(extent_m)} m long. Delete it for everyone?` : undefined;
  }

  /** Puts what nobody finds before the visitor, large enough to be seen. */
  async bring(entity: string): Promise<Reply> {
    const components = this.#wishes.port?.components(entity);
    if (components === undefined) return refused("unknown_entity");
    const foot = { radius_m: 0.4, height_m: 1 };
    const spot = this.sites?.ahead(foot) ?? footAhead(this.#viewer);
    const scale = (numbers(components["scale"], 3) ?? [1, 1, 1]).map((part) => (Math.abs(part) < SEEN_SCALE ? 1 : part));
    const removed: JsonObject = components["parent"] === undefined ? {} : { parent: null };
    const position = [spot.x, spot.y + foot.height_m / 2, spot.z].map(millimetres);
    const reply = await this.update(entity, { position, scale, ...removed });
    if (reply.ok) this.select(entity);
    if (reply.ok) this.sites?.showNew(entity);
    return reply;
  }

  select(entity: string | null): void {
    const components = entity === null ? undefined : this.#wishes.port?.components(entity);
    if (entity !== null && components !== undefined) this.selection$.next({ entity, components });
    else if (this.selection$.value !== null) this.selection$.next(null);
  }

  async update(entity: string, components: JsonObject): Promise<Reply> {
    const before = this.#wishes.port?.components(entity) ?? {};
    const reply = await this.#wishes.command("update_components", { entity, components });
    if (reply.ok) this.undoable.updated(entity, before, components);
    return reply;
  }

  /** Gives a thing something that people may do with it, or takes it away; it has that by a component. */
  async allow(entity: string, { interaction, component }: { interaction: string; component: string }, on: boolean): Promise<Reply> {
    const before = this.#wishes.port?.components(entity) ?? {};
    const reply = await this.#wishes.command(on ? "add_interaction" : "remove_interaction", { entity, interaction });
    if (reply.ok) this.undoable.updated(entity, before, { [component]: on });
    return reply;
  }

  /** Takes this visitor's last change back; resolves with the first refusal, `nothing_to_undo` without a change. */
  async undo(): Promise<Reply> {
    return this.#run(this.undoable.take() ?? []);
  }

  /** Takes one change back, whatever was done since. */
  async takeBack(change: Change): Promise<Reply> {
    return this.undoable.takeThis(change) ? this.#run(change.inverses) : refused("nothing_to_undo");
  }

  async #run(inverses: readonly Inverse[]): Promise<Reply> {
    let reply = refused("nothing_to_undo");
    for (const { command, payload } of inverses) {
      reply = await this.#wishes.command(command, payload);
      if (!reply.ok) return reply;
    }
    return reply;
  }

  #noteMade(reply: Reply): Reply {
    const entity = madeBy(reply);
    if (entity !== undefined) this.undoable.made(entity);
    return reply;
  }

  #selectMade(reply: Reply): Reply {
    const entity = madeBy(reply);
    if (entity !== undefined) this.select(entity);
    return reply;
  }

  /** A free place to the right of an original, as the visitor sees it; without a place of its own none is asked for. */
  #besides({ entity, components }: Selection): JsonObject {
    const position = numbers(components["position"], 3);
    if (position === undefined) return {};
    const spot = components["parent"] === undefined ? this.sites?.beside(entity) : undefined;
    if (spot !== undefined) return { position: [spot.x, spot.y, spot.z].map(millimetres) };
    const [x = 0, y = 0, z = 0] = position;
    const { yaw } = this.#viewer;
    return { position: [x + Math.cos(yaw) * DUPLICATE_OFFSET_M, y, z - Math.sin(yaw) * DUPLICATE_OFFSET_M].map(millimetres) };
  }
}

/** The entity that was made; undefined after a refusal. */
function madeBy(reply: Reply): string | undefined {
  return reply.ok ? text(reply.response["entity"]) : undefined;
}
