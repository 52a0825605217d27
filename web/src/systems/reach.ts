/**
 * Tells whoever comes to a private table, steps on a stage or takes a megaphone whom their voice reaches now; and when that ends.
 */
import { member, text } from "../core/json";
import { type Change, isGone } from "../core/replica";
import { type Reach, type VoiceZone, reachOf, reachWords, zoneOf } from "../core/voice_reach";
import { PLACE_FLOATS } from "../scene/rig";
import type { Context } from "./context";

/** How often one looks, milliseconds. Whom a voice reaches is told once two looks agree: nobody is told of each step along an edge. */
const LOOK_EVERY_MS = 300;

export function reach({ app, core, stage, clock, onFrame }: Context): () => void {
  const zones = new Map<number, VoiceZone>();
  /** Megaphones in one's own hands. */
  const megaphones = new Set<number>();
  const head = new Float32Array(PLACE_FLOATS);
  let told: Reach = "near";
  let seen: Reach = "near";
  let next_ms = 0;

  onFrame(() => {
    for (const change of clock.changes) follow(change);
    if (clock.now_ms < next_ms) return;
    next_ms = clock.now_ms + LOOK_EVERY_MS;
    if (!app.visit.acts) [told, seen] = ["near", "near"];
    else if (app.voice.hearing$.value.kind === "connected" && !app.rights.rights$.value.muted) look();
  });

  function follow(change: Change): void {
    const { index, record } = change;
    // Where it is is read when one looks.
    if (record === undefined && !isGone(change)) return;
    const zone = record === undefined ? undefined : zoneOf(record.id, record.components["voice_zone"]);
    if (zone === undefined) zones.delete(index);
    else zones.set(index, zone);
    const { megaphone = false, held_by } = record?.components ?? {};
    if (megaphone !== false && text(member(held_by, "user")) === app.user_id) megaphones.add(index);
    else megaphones.delete(index);
  }

  function look(): void {
    const [x = 0, y = 0, z = 0] = stage.rig.toRoom(stage.rig.head, head);
    const matrices = core.matrices();
    const indices = new Map([...zones].map(([index, zone]) => [zone, 16 * index]));
    const placeOf = (zone: VoiceZone) => {
      const at = 12 + (indices.get(zone) ?? 0);
      return [matrices[at] ?? 0, matrices[at + 1] ?? 0, matrices[at + 2] ?? 0] as const;
    };
    const now = reachOf([x, y, z], [...zones.values()], placeOf, megaphones.size > 0);
    if (now === seen && now !== told) {
      told = now;
      app.hud.hud$.next({ text: reachWords(now), tone: "plain" });
    }
    seen = now;
  }

  return () => undefined;
}
