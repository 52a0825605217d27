/**
 * Building: whether this visitor builds, what is selected, and what is done to it.
 */
import { BehaviorSubject } from "rxjs";
import { type Reply, refused } from "./commands";
import { type Json, type JsonObject, numbers, text } from "./json";
import type { OwnProfile } from "./profile";
import { type ThingKind, millimetres, newThing, partsOf } from "./things";
import { UndoList } from "./undo";
import type { Viewer } from "./viewer";
import type { Wishes } from "./wishes";

/** A duplicate is put this far to the right of its original, metres, so that both are seen. */
export const DUPLICATE_OFFSET_M = 0.8;

export type Gizmo = "move" | "rotate" | "scale";

/** The selected entity: its components as they are now. */
export interface Selection {
  readonly entity: string;
  readonly components: { readonly [name: string]: Json };
}

export class Building {
  readonly build$ = new BehaviorSubject<boolean>(false);
  readonly gizmo$ = new BehaviorSubject<Gizmo>("move");
  readonly selection$ = new BehaviorSubject<Selection | null>(null);
  /** What a click would do now: shown at the crosshair, empty for nothing. */
  readonly hint$ = new BehaviorSubject<string>("");
  /** This visitor's own changes. */
  readonly undoable = new UndoList();
  readonly #wishes: Wishes;
  readonly #profile: OwnProfile;
  readonly #viewer: Viewer;

  constructor(wishes: Wishes, profile: OwnProfile, viewer: Viewer) {
    this.#wishes = wishes;
    this.#profile = profile;
    this.#viewer = viewer;
    this.build$.subscribe((building) => {
      if (!building) this.select(null);
    });
  }

  /** Adds what the build drawer offers in front of the visitor, or of where they look from, and selects it. */
  async add(kind: ThingKind, from: Viewer = this.#viewer): Promise<Reply> {
    const { color } = this.#profile.profile$.value;
    const reply = await this.make(newThing(kind, color, from));
    const parent = madeBy(reply);
    if (parent === undefined) return reply;
    // What hangs on it goes with it, also when it is taken back.
    for (const part of partsOf(kind, color)) {
      const made = await this.#wishes.command("create_entity", { components: { ...part, parent: { entity: parent } } });
      if (!made.ok) return made;
    }
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
    const payload = { entity: selection.entity, ...this.#besides(selection.components["position"]) };
    return this.#selectMade(this.#noteMade(await this.#wishes.command("duplicate_entity", payload)));
  }

  paint(color: string): Promise<Reply> {
    const selection = this.selection$.value;
    if (selection === null) return Promise.resolve(refused("nothing_selected"));
    return this.update(selection.entity, { color });
  }

  async remove(): Promise<Reply> {
    const selection = this.selection$.value;
    if (selection === null) return refused("nothing_selected");
    const reply = await this.#wishes.command("delete_entity", { entity: selection.entity });
    if (reply.ok) this.undoable.deleted(selection.entity, selection.components);
    if (reply.ok && this.selection$.value?.entity === selection.entity) this.select(null);
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
    const inverses = this.undoable.take() ?? [];
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

  /** A place to the right of an original, as the visitor sees it; without a place of its own none is asked for. */
  #besides(place: Json | undefined): JsonObject {
    const position = numbers(place, 3);
    if (position === undefined) return {};
    const [x = 0, y = 0, z = 0] = position;
    const { yaw } = this.#viewer;
    return {
      position: [
        millimetres(x + Math.cos(yaw) * DUPLICATE_OFFSET_M),
        y,
        millimetres(z - Math.sin(yaw) * DUPLICATE_OFFSET_M),
      ],
    };
  }
}

/** The entity that was made; undefined after a refusal. */
function madeBy(reply: Reply): string | undefined {
  return reply.ok ? text(reply.response["entity"]) : undefined;
}
