/**
 * Weapons in hands: one's own before the eyes or in the headset's hand, those of others in theirs.
 */
import { AVATAR_FLAG, AVATAR_ROW } from "../../core/generated";
import { type GunKind, gunInHand } from "../../core/guns";
import { type Change, isGone } from "../../core/replica";
import type { ArenaScene } from "../../scene/arena/arena";
import { Carry, composeAhead, composeHanging, composeInHand } from "../../scene/guns/carry";
import { LOD } from "../../scene/lod";
import type { Vector } from "../../scene/matrix";
import { PLACE_FLOATS } from "../../scene/rig";
import type { Context } from "../context";

/** Farther away than this nobody sees what is in a hand, metres. */
const SEEN_M = 45;

export class WeaponsInHands {
  readonly carry = new Carry();
  readonly #context: Context;
  readonly #scene: ArenaScene;
  readonly #matrix = new Float32Array(16);
  readonly #own = new Float32Array(16);
  readonly #eye = new Float32Array(PLACE_FLOATS);
  readonly #hand = new Float32Array(PLACE_FLOATS);
  readonly #before = { x: 0, z: 0, yaw: 0, pitch: 0 };
  #kind: GunKind | undefined;

  constructor(context: Context, scene: ArenaScene) {
    this.#context = context;
    this.#scene = scene;
  }

  /** Follows who takes what in hand. */
  follow(changes: readonly Change[]): void {
    const { armed } = this.#context.arena;
    for (const change of changes) {
      if (isGone(change)) armed.delete(change.index);
      else if (change.record !== undefined) {
        const { components } = change.record;
        const kind = components["dead"] === undefined ? gunInHand(components) : undefined;
        if (kind === undefined) armed.delete(change.index);
        else armed.set(change.index, kind);
      }
    }
  }

  /** Draws one's own, which is lowered while it is loaded or changed; true while it moves by itself. */
  drawOwn(kind: GunKind | undefined, lowered: boolean): boolean {
    const { stage, clock, app } = this.#context;
    const { viewer } = app;
    const before = this.#before;
    const walked_m = Math.hypot(viewer.x - before.x, viewer.z - before.z);
    const turn = Math.atan2(Math.sin(viewer.yaw - before.yaw), Math.cos(viewer.yaw - before.yaw));
    const still = app.preferences.settings$.value.reduce_motion;
    this.carry.step(kind, clock.dt_s, still || walked_m > 1 ? 0 : walked_m, still ? 0 : turn, still ? 0 : viewer.pitch - before.pitch, lowered);
    before.x = viewer.x;
    before.z = viewer.z;
    before.yaw = viewer.yaw;
    before.pitch = viewer.pitch;
    this.#kind = kind;
    if (kind === undefined) return false;
    if (stage.rig.tracked) {
      const hand = stage.rig[app.preferences.settings$.value.headset.dominant];
      if (!hand.tracked) return false;
      composeInHand(this.#own, stage.rig.toRoom(hand.place, this.#hand), 0);
    } else this.carry.compose(this.#own, stage.rig.toRoom(stage.rig.head, this.#eye), kind, stage.aspect);
    this.#scene.guns.draw(kind, this.#own);
    return this.carry.alive;
  }

  /** Where one's own shots are seen to begin; undefined without a weapon. The array is used again. */
  get muzzle(): Vector | undefined {
    return this.#kind === undefined ? undefined : this.#scene.guns.muzzleOf(this.#kind, this.#own);
  }

  /** Draws what others have in hand. */
  drawOthers(): void {
    const { core, stage, arena } = this.#context;
    if (arena.armed.size === 0) return;
    const rows = core.avatars();
    const { view } = stage;
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      const index = rows[at + AVATAR_ROW.index] ?? -1;
      const kind = arena.armed.get(index);
      if (kind === undefined) continue;
      const head = at + AVATAR_ROW.head;
      view.aim(rows[head] ?? 0, rows[head + 1] ?? 0, rows[head + 2] ?? 0);
      if (view.depth > SEEN_M || !view.sees(1.2)) continue;
      const tracked = ((rows[at + AVATAR_ROW.flags] ?? 0) & AVATAR_FLAG.right) !== 0;
      if (tracked) composeInHand(this.#matrix, rows, at + AVATAR_ROW.right);
      else if (stage.crowd.lods.levelOf(index) === LOD.near) composeAhead(this.#matrix, rows, head);
      // In one piece their arms hang.
      else composeHanging(this.#matrix, rows, head);
      this.#scene.guns.draw(kind, this.#matrix);
    }
  }
}
