/**
 * Whom a voice reaches: those near, a private table alone, or the whole room; as the room decides it (protocol 9.7). Pure.
 */
import { VOICE_ZONES_MAX, VOICE_ZONE_ABOVE_M, VOICE_ZONE_BELOW_M, VOICE_ZONE_RADIUS_M } from "./generated";
import { type Json, member, number, text } from "./json";

type Place = readonly [x: number, y: number, z: number];

/** Where voices carry otherwise. */
export interface VoiceZone {
  readonly entity: string;
  readonly kind: "private" | "stage";
  readonly radius_m: number;
}

export type Reach = "near" | "table" | "room";

/** The zone that a `voice_zone` makes of an entity; undefined for none. */
export function zoneOf(entity: string, component: Json | undefined): VoiceZone | undefined {
  const kind = text(member(component, "kind"));
  if (kind !== "private" && kind !== "stage") return undefined;
  return { entity, kind, radius_m: number(member(component, "radius")) ?? VOICE_ZONE_RADIUS_M };
}

/** Whom somebody reaches; `placeOf` says where a zone is. A stage and a megaphone reach everyone, also from a table. */
export function reachOf(head: Place, zones: readonly VoiceZone[], placeOf: (zone: VoiceZone) => Place, megaphone: boolean): Reach {
  const counted = [...zones].sort((a, b) => (a.entity < b.entity ? -1 : 1)).slice(0, VOICE_ZONES_MAX);
  const around = new Set(counted.filter((zone) => holds(placeOf(zone), zone.radius_m, head)).map(({ kind }) => kind));
  if (megaphone || around.has("stage")) return "room";
  return around.has("private") ? "table" : "near";
}

/** What somebody is told whose voice reaches others than before. */
export function reachWords(reach: Reach): string {
  switch (reach) {
    case "near":
      return "People near you hear you again.";
    case "table":
      return "Only this table hears you now.";
    case "room":
      return "The whole room hears you now.";
  }
}

function holds([x, y, z]: Place, radius_m: number, head: Place): boolean {
  const up = head[1] - y;
  return Math.hypot(head[0] - x, head[2] - z) <= radius_m && up >= -VOICE_ZONE_BELOW_M && up <= VOICE_ZONE_ABOVE_M;
}
