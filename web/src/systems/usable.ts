/** What the things of a room are good for, and which of them a ray meets. */
import { GRAB_REACH_MAX_M, SEAT_REACH_MAX_M } from "../core/generated";
import { type JsonObject, member, text } from "../core/json";
import type { Replica } from "../core/replica";
import type { Vector } from "../scene/matrix";
import type { Hit } from "../scene/solids";
import type { Stage } from "../scene/stage";

/** What a thing offers. */
export type Use = "sit" | "take" | "ask";

/** A thing that a ray meets, and what may be done with it. */
export interface Usable {
  readonly hit: Hit;
  readonly use: Use;
}

const REACH_MAX_M = Math.max(SEAT_REACH_MAX_M, GRAB_REACH_MAX_M);

/** What may be done with a thing by someone whose id is `self`; undefined for nothing. */
export function useOf(components: JsonObject | undefined, self: string): Use | undefined {
  if (components === undefined) return undefined;
  if (components["seat"] !== undefined && components["occupied"] !== true) return "sit";
  const { holdable } = components;
  if (holdable === undefined || holdable === false || components["occupied"] === true) return undefined;
  const holder = text(member(components["held_by"], "user"));
  if (holder === undefined || holder === self) return "take";
  const policy = text(member(holdable, "policy"));
  return policy === "steal" ? "take" : policy === "ask" ? "ask" : undefined;
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
  const use = hit === undefined ? undefined : useOf(replica.record(hit.owner)?.components, self);
  return hit === undefined || use === undefined ? undefined : { hit, use };
}
