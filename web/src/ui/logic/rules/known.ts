/** What a room has that rules speak of: things and people by name, tags, items, components, events. Pure. */
import { COMPONENTS } from "../../../core/components";
import { type Json, type JsonObject, isObject, member, text } from "../../../core/json";
import type { ListedThing } from "../../../core/sites";
import { SOUNDS } from "../../../core/sounds";
import { thingRows } from "../listed_things";
import { rulesOf } from "./read";
import type { NameOf } from "./sentence";

/** A thing to choose. */
export interface Choosable {
  readonly entity: string;
  readonly name: string;
  readonly aside: string;
}

export interface Known {
  /** Nearest first. */
  readonly things: readonly Choosable[];
  readonly tags: readonly string[];
  /** Names to choose from where one is written, by what they are the name of. */
  readonly names: { readonly [of in NameOf]: readonly string[] };
}

/** Facts of the room that makers ask for. */
const EVENTS = ["user_joined", "user_left", "user_sat", "user_stood", "user_grabbed", "user_released", "user_triggered", "user_inserted", "user_resized", "item_collected", "door_opened", "door_closed", "level_won", "level_lost", "screen_shared", "emoted", "user_damaged", "user_healed", "user_died", "user_respawned", "user_teleported", "monster_died", "monster_hit", "wave_began", "wave_ended", "waves_over"];
const COMMANDS = ["duplicate_entity", "delete_entity", "reparent", "add_interaction", "remove_interaction"];
/** Components that nobody wants in a rule's list of names. */
const UNWANTED = new Set(["rules", "script", "pose", "avatar", "serialized_mesh", "parent", "rules_state", "spawned_by"]);

/** Looks through the room for what its rules may speak of. */
export function knownOf(things: readonly ListedThing[], self: string): Known {
  const tags = new Set<string>();
  const found = { item: new Set<string>(["red_key"]), event: new Set(EVENTS), component: new Set(Object.keys(COMPONENTS).filter((name) => !UNWANTED.has(name))) };
  for (const { components } of things) {
    for (const tag of tagsOf(components)) tags.add(tag);
    const item = text(member(components["collectable"], "item"));
    if (item !== undefined) found.item.add(item);
    for (const name of Object.keys(components)) if (!UNWANTED.has(name)) found.component.add(name);
    for (const rule of rulesOf(components["rules"])) readNames(rule, found);
  }
  const rows = thingRows(things, "").filter(({ entity }) => entity !== self);
  return {
    things: rows.map(({ entity, name, aside }) => ({ entity, name, aside })),
    tags: [...tags].toSorted(),
    names: { item: sorted(found.item), event: sorted(found.event), component: sorted(found.component), command: COMMANDS, sound: SOUNDS, field: [] },
  };
}

function sorted(names: ReadonlySet<string>): readonly string[] {
  return [...names].toSorted();
}

/** By what games tell a thing. */
function tagsOf(components: JsonObject): readonly string[] {
  const tag = components["tag"];
  if (typeof tag === "string") return [tag];
  return Array.isArray(tag) ? (tag as readonly Json[]).filter((each) => typeof each === "string") : [];
}

/** Names that a rule of the room uses already. */
function readNames(rule: Json, found: { readonly item: Set<string>; readonly event: Set<string> }): void {
  if (Array.isArray(rule)) for (const part of rule as readonly Json[]) readNames(part, found);
  if (!isObject(rule)) return;
  for (const [key, value] of Object.entries(rule)) {
    if ((key === "item" || key === "has") && typeof value === "string") found.item.add(value);
    else if (key === "event" && typeof value === "string") found.event.add(value);
    else readNames(value, found);
  }
}
