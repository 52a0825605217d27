/** What the things of a room are good for, and which of them a ray meets. */
import { GRAB_REACH_MAX_M, SEAT_REACH_MAX_M } from "../core/generated";
import { type JsonObject, member, text } from "../core/json";
import type { Replica } from "../core/replica";
import type { Vector } from "../scene/matrix";
import type { Hit } from "../scene/solids";
import type { Stage } from "../scene/stage";

/** What a thing offers; one that may only be triggered offers that. */
export type Use = "sit" | "take" | "ask" | "trigger";

/** How a thing is triggered: once a press, or for as long and as far as something is pressed. */
export type TriggerKind = "discrete" | "continuous";

/** A thing that a ray meets, and what may be done with it. */
export interface Usable {
  readonly hit: Hit;
  readonly use: Use;
  /** How it may be triggered, whatever else it offers. */
  readonly triggers: TriggerKind | undefined;
}

/** As far as anything reaches without tracked hands; the room lets things be triggered as far as they are taken. */
const REACH_MAX_M = Math.max(SEAT_REACH_MAX_M, GRAB_REACH_MAX_M);

/** What may be done with a thing by someone whose id is `self`; undefined for nothing. */
export function useOf(components: JsonObject | undefined, self: string): Use | undefined {
  if (components === undefined) return undefined;
  if (components["seat"] !== undefined && components["occupied"] !== true) return "sit";
  return takingOf(components, self) ?? (triggerOf(components, self) === undefined ? undefined : "trigger");
}

function takingOf(components: JsonObject, self: string): "take" | "ask" | undefined {
  const { holdable } = components;
  if (holdable === undefined || holdable === false || components["occupied"] === true) return undefined;
  const holder = holderOf(components);
  if (holder === undefined || holder === self) return "take";
  const policy = text(member(holdable, "policy"));
  return policy === "steal" ? "take" : policy === "ask" ? "ask" : undefined;
}

/** How a thing may be triggered by someone whose id is `self`; what another holds is theirs to trigger. */
export function triggerOf(components: JsonObject | undefined, self: string): TriggerKind | undefined {
  const triggerable = components?.["triggerable"];
  if (components === undefined || triggerable === undefined || triggerable === false) return undefined;
  const holder = holderOf(components);
  if (holder !== undefined && holder !== self) return undefined;
  return text(member(triggerable, "type")) === "continuous" ? "continuous" : "discrete";
}

function holderOf(components: JsonObject): string | undefined {
  return text(member(components["held_by"], "user"));
}

/** The first thing along a ray, if it is of use to someone whose id is `self`. */
export function usableAlong(
  { solids }: Stage,
  replica: Replica,
  self: string,
  origin: Vector,
  direction: Vector,
  reach_m = REACH_MAX_M,
): Usable | undefined {
  const hit = solids.cast(...origin, direction, reach_m);
  const components = hit === undefined ? undefined : replica.record(hit.owner)?.components;
  const use = useOf(components, self);
  return hit === undefined || use === undefined ? undefined : { hit, use, triggers: triggerOf(components, self) };
}
