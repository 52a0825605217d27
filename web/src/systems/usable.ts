/** What the things of a room are good for, and which of them a ray meets. */
import { COLLECT_REACH_M, DOOR_REACH_M, GRAB_REACH_MAX_M, INTERACTION, SCREEN_REACH_M, SEAT_REACH_MAX_M } from "../core/generated";
import type { Games } from "../core/games";
import { member, text } from "../core/json";
import type { Replica } from "../core/replica";
import { HEAD_HEIGHT_M } from "../core/viewer";
import type { Vector } from "../scene/matrix";
import type { Hit } from "../scene/solids";
import type { Stage } from "../scene/stage";

/** What a thing offers; one that may only be triggered offers that. */
export type Use = "sit" | "collect" | "open" | "close" | "take" | "ask" | "trigger";

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

/** The first thing that may be done with a thing of these `INTERACTION`s; undefined for nothing. */
export function useOf(interactions: number): Use | undefined {
  if ((interactions & INTERACTION.sit) !== 0) return "sit";
  if ((interactions & INTERACTION.collect) !== 0) return "collect";
  if ((interactions & INTERACTION.open) !== 0) return "open";
  if ((interactions & INTERACTION.close) !== 0) return "close";
  if ((interactions & INTERACTION.grab) !== 0) return "take";
  if ((interactions & INTERACTION.ask) !== 0) return "ask";
  return (interactions & INTERACTION.trigger) === 0 ? undefined : "trigger";
}

/** How the thing of an index may be triggered, if it may be. */
export function triggerOf(replica: Replica, index: number): TriggerKind | undefined {
  if ((replica.interactions(index) & INTERACTION.trigger) === 0) return undefined;
  const triggerable = replica.record(index)?.components["triggerable"];
  return text(member(triggerable, "type")) === "continuous" ? "continuous" : "discrete";
}

/** The first thing along a ray, if it is a screen onto which nobody shares: the index of it. */
export function freeScreenAlong({ solids }: Stage, replica: Replica, origin: Vector, direction: Vector): number | undefined {
  const hit = solids.cast(...origin, direction, SCREEN_REACH_M);
  return hit !== undefined && (replica.interactions(hit.owner) & INTERACTION.share) !== 0 ? hit.owner : undefined;
}

/** The first thing along a ray, if it is of use. */
export function usableAlong(
  { solids }: Stage,
  replica: Replica,
  origin: Vector,
  direction: Vector,
  reach_m = REACH_MAX_M,
): Usable | undefined {
  const hit = solids.cast(...origin, direction, reach_m);
  const use = hit === undefined ? undefined : useOf(replica.interactions(hit.owner));
  return hit === undefined || use === undefined ? undefined : { hit, use, triggers: triggerOf(replica, hit.owner) };
}

/** How far a place is from the line between somebody's feet and their head, metres. */
export function fromBody(feet: { readonly x: number; readonly y: number; readonly z: number }, high_m: number, x: number, y: number, z: number): number {
  const beside_y = Math.min(feet.y + high_m, Math.max(feet.y, y));
  return Math.hypot(x - feet.x, y - beside_y, z - feet.z);
}

/** What one does with things of games. */
export type Play = "open" | "close" | "collect";

export function isPlay(use: Use): use is Play {
  return use === "open" || use === "close" || use === "collect";
}

/** Whether a thing that a ray has met is as near as the room wants it: those of games are measured from one's body. */
export function isInReach({ use, hit }: Usable, feet: { readonly x: number; readonly y: number; readonly z: number }, origin: Vector, direction: Vector): boolean {
  if (!isPlay(use)) return true;
  const [x, y, z] = [0, 1, 2].map((axis) => (origin[axis] ?? 0) + (direction[axis] ?? 0) * hit.distance_m);
  return fromBody(feet, HEAD_HEIGHT_M, x ?? NaN, y ?? NaN, z ?? NaN) <= (use === "collect" ? COLLECT_REACH_M : DOOR_REACH_M);
}

/** Has a thing of a game do what is usual with it; false where it is none. */
export function play(games: Games, use: Use, entity: string): boolean {
  if (!isPlay(use)) return false;
  void games[use](entity);
  return true;
}
