/**
 * One's own weapon: what mouse, keys, thumbs and a headset's trigger ask of it, where it aims, and what is seen at once.
 *
 * A press that began on something usable nearby uses that and shoots nothing; one that shoots uses nothing. The ray that the room is
 * told begins at the eye, or at the hand that aims.
 */
import { MONSTER_BODIES, type Monster } from "../../core/arena";
import { capsuleAlong } from "../../core/aim";
import { Arms, type Asked, nothingAsked } from "../../core/arms";
import { AVATAR_ROW } from "../../core/generated";
import { type Loadout, NO_LOADOUT, type Weapon, loadoutOf } from "../../core/guns";
import { type JsonObject, member, text } from "../../core/json";
import { HEAD_HEIGHT_M } from "../../core/viewer";
import type { Vector } from "../../scene/matrix";
import { PLACE_FLOATS } from "../../scene/rig";
import type { Context } from "../context";
import { usableAlong } from "../usable";
import { SHOT_SOUNDS, type Flying } from "./flying";
import type { Noises } from "./noises";
import type { WeaponsInHands } from "./weapons";

/** Something usable that is nearer than this is used, not shot at, metres. */
const USES_M = 3;
/** A wheel turned so far is one weapon on, CSS pixels. */
const NOTCH_PX = 60;
/** What somebody who stands can be hit at: from their feet up and around, metres. */
const PERSON = { high_m: 1.75, radius_m: 0.32 } as const;
/** Shots of one's own are seen to begin after so much of their way, metres, where nothing is in the hand yet. */
const BEFORE_M = 0.4;

export class WeaponControl {
  readonly #context: Context;
  readonly #weapons: WeaponsInHands;
  readonly #flying: Flying;
  readonly #noises: Noises;
  readonly #arms: Arms;
  readonly #asked: Asked = nothingAsked();
  readonly #origin: [number, number, number] = [0, 0, 0];
  readonly #along: [number, number, number] = [0, 0, 1];
  readonly #place = new Float32Array(PLACE_FLOATS);
  #own: JsonObject | undefined;
  #loadout: Loadout = NO_LOADOUT;
  /** What a press is for, from its beginning to its end. */
  #press: "none" | "shoots" | "uses" = "none";
  #wheel_px = 0;
  #monsters: readonly Monster[] = [];
  #chance = 1;

  constructor(context: Context, weapons: WeaponsInHands, flying: Flying, noises: Noises) {
    [this.#context, this.#weapons, this.#flying, this.#noises] = [context, weapons, flying, noises];
    const { app } = context;
    this.#arms = new Arms({
      shoot: (weapon) => this.#shoot(weapon),
      click: () => noises.own("empty"),
      reload: () => void app.weapons.reload().then(({ ok }) => ok || this.#arms.notLoaded()),
      switchTo: (name) => void app.weapons.switchTo(name),
      drop: () => void app.weapons.drop(),
    });
  }

  get in_hand(): Weapon | undefined {
    return this.#loadout.in_hand;
  }

  /** Whether it is lowered: loaded, or changed. */
  get lowered(): boolean {
    return this.#arms.busy(this.#context.clock.now_ms);
  }

  /** Before anything else is used in a frame. */
  step(monsters: readonly Monster[]): void {
    const { app, session, replica, clock } = this.#context;
    this.#monsters = monsters;
    this.#learn(replica.components(session.self_id));
    const { in_hand } = this.#loadout;
    const able = in_hand !== undefined && app.visit.acts && this.#own?.["dead"] === undefined && !app.building.build$.value;
    this.#gather(able);
    this.#arms.step(this.#loadout, this.#asked, able, clock.now_ms);
    const { armed$, busy$ } = app.arena;
    if (armed$.value !== able) armed$.next(able);
    if (busy$.value !== this.lowered) busy$.next(this.lowered);
  }

  #learn(own: JsonObject | undefined): void {
    if (own === this.#own) return;
    this.#own = own;
    this.#loadout = loadoutOf(own);
  }

  // ---- what hands ask for -----------------------------------------------------------------------------------------

  #gather(able: boolean): void {
    const { app, input } = this.#context;
    const asked = this.#asked;
    const { thumbs } = app.arena;
    asked.trigger = this.#presses(able) || (able && (thumbs.fires || this.#firesByItself()));
    asked.reload = able && (input.pressed.has("KeyR") || thumbs.reloads);
    asked.drop = able && input.pressed.has("KeyZ");
    asked.nth = able ? numberIn(input.pressed) : 0;
    asked.cycle = able ? this.#turns() + input.cycle + Number(thumbs.switches) : 0;
    thumbs.switches = thumbs.reloads = false;
    // With a weapon in hand R loads it, and looks up only without.
    if (able) input.take("KeyR");
  }

  /** Whether the press that goes on shoots; a click at its end is then nobody's. */
  #presses(able: boolean): boolean {
    const { input, stage } = this.#context;
    const before = this.#press;
    if (!input.trigger) this.#press = "none";
    else if (before === "none") this.#press = able && !this.#holds() && (stage.rig.tracked || !this.#usable()) ? "shoots" : "uses";
    if (this.#press === "shoots" || before === "shoots") input.click = undefined;
    return this.#press === "shoots";
  }

  /** Whether the hand that would shoot has something else in it. */
  #holds(): boolean {
    const { stage, app } = this.#context;
    const holding = this.#own?.["holding"];
    if (!stage.rig.tracked) return text(member(holding, "right")) !== undefined || text(member(holding, "left")) !== undefined;
    return text(member(holding, app.preferences.settings$.value.headset.dominant)) !== undefined;
  }

  #usable(): boolean {
    const { input, stage, replica } = this.#context;
    if (input.pointer === undefined) return false;
    const { origin, direction } = stage.sight(input.pointer.x, input.pointer.y);
    return usableAlong(stage, replica, origin, direction, USES_M) !== undefined;
  }

  /** The wheel changes weapons, unless it moves what one holds. */
  #turns(): number {
    const { input } = this.#context;
    if (input.wheel === 0 || this.#holds()) return 0;
    this.#wheel_px += input.wheel;
    if (Math.abs(this.#wheel_px) < NOTCH_PX) return 0;
    const way = Math.sign(this.#wheel_px);
    this.#wheel_px = 0;
    return way;
  }

  /** On a phone: whoever is one's enemy is in the middle of the view. */
  #firesByItself(): boolean {
    const { app, stage } = this.#context;
    const weapon = this.#loadout.in_hand;
    if (!app.arena.thumbs.shown || !app.preferences.settings$.value.auto_fire || weapon === undefined || stage.rig.tracked) return false;
    this.#aim();
    const far_m = this.#bodyAlong(weapon.range_m, true);
    return far_m < weapon.range_m && far_m < this.#wallAlong(far_m);
  }

  // ---- where it aims ----------------------------------------------------------------------------------------------

  /** The ray: from the hand that aims, else from the eye, through what the mouse points at or the middle of the view. */
  #aim(): void {
    const { stage, input } = this.#context;
    const { rig } = stage;
    const hand = rig.tracked ? input.gun_hand : undefined;
    if (this.#press === "shoots" && input.pointer !== undefined && !rig.tracked) {
      const { origin, direction } = stage.sight(input.pointer.x, input.pointer.y);
      for (const axis of [0, 1, 2] as const) {
        this.#origin[axis] = origin[axis];
        this.#along[axis] = direction[axis];
      }
      return;
    }
    const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = rig.toRoom(hand?.aim ?? rig.head, this.#place);
    [this.#origin[0], this.#origin[1], this.#origin[2]] = [x, y, z];
    this.#along[0] = 2 * (qx * qz + qw * qy);
    this.#along[1] = 2 * (qy * qz - qw * qx);
    this.#along[2] = 1 - 2 * (qx * qx + qy * qy);
  }

  #wallAlong(limit_m: number): number {
    const [x, y, z] = this.#origin;
    return this.#context.stage.solids.cast(x, y, z, this.#along, limit_m)?.distance_m ?? Infinity;
  }

  /** How far the nearest monster, or person, along the ray is; or only those one may hurt. */
  #bodyAlong(limit_m: number, foes: boolean): number {
    const [ox, oy, oz] = this.#origin;
    const [dx, dy, dz] = this.#along;
    let least = limit_m;
    for (const { x, y, z, kind, size, health_part } of this.#monsters) {
      if (health_part <= 0) continue;
      const { high_m, radius_m } = MONSTER_BODIES[kind];
      least = Math.min(least, capsuleAlong(ox, oy, oz, dx, dy, dz, x, y, z, high_m * size, radius_m * size));
    }
    const rows = this.#context.core.avatars();
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      if (foes && !this.#opposes(rows[at + AVATAR_ROW.index] ?? -1)) continue;
      const head = at + AVATAR_ROW.head;
      const feet_y = (rows[head + 1] ?? 0) - HEAD_HEIGHT_M;
      least = Math.min(least, capsuleAlong(ox, oy, oz, dx, dy, dz, rows[head] ?? 0, feet_y, rows[head + 2] ?? 0, PERSON.high_m, PERSON.radius_m));
    }
    return least;
  }

  /** Whether somebody plays against one: in another team, both of them in one. */
  #opposes(index: number): boolean {
    const [mine, other] = [this.#own?.["team"], this.#context.replica.record(index)?.components];
    return mine !== undefined && other?.["team"] !== undefined && other["team"] !== mine && other["dead"] === undefined;
  }

  // ---- what is done -----------------------------------------------------------------------------------------------

  #shoot(weapon: Weapon): void {
    const { app, stage } = this.#context;
    const { source } = app.arena;
    this.#aim();
    const at_ms = source?.render_ms() ?? 0;
    const origin: Vector = [...this.#origin];
    const direction: Vector = [...this.#along];
    const reply = app.weapons.shoot(origin, direction, source?.aimed_ms(origin, direction) ?? at_ms);
    void reply.then(({ ok }) => ok || this.#arms.notShot());
    this.#weapons.carry.kick();
    this.#noises.own(SHOT_SOUNDS[weapon.kind]);
    if (stage.rig.tracked) this.#context.input.gun_hand?.pulse?.(0.8, 40);
    this.#show(weapon, origin, direction, at_ms);
    stage.stir();
  }

  /** What is seen at once: as many streaks as pellets, each somewhere in its cone. */
  #show(weapon: Weapon, [x, y, z]: Vector, [dx, dy, dz]: Vector, at_ms: number): void {
    const from: Vector = [...(this.#weapons.muzzle ?? [x + dx * BEFORE_M, y + dy * BEFORE_M, z + dz * BEFORE_M])];
    for (let pellet = 0; pellet < weapon.pellets; pellet += 1) {
      if (weapon.spread > 0) this.#scatter(dx, dy, dz, weapon.spread);
      const body_m = this.#bodyAlong(weapon.range_m, false);
      const far_m = Math.min(body_m, this.#wallAlong(body_m));
      const to: Vector = [x + this.#along[0] * far_m, y + this.#along[1] * far_m, z + this.#along[2] * far_m];
      this.#flying.shoot(weapon, from, to, at_ms, pellet === 0);
    }
  }

  #scatter(dx: number, dy: number, dz: number, spread: number): void {
    const off = () => {
      this.#chance = (this.#chance * 16_807) % 2_147_483_647;
      return ((2 * this.#chance) / 2_147_483_647 - 1) * spread;
    };
    const [x, y, z] = [dx + off(), dy + off(), dz + off()];
    const long = Math.hypot(x, y, z);
    [this.#along[0], this.#along[1], this.#along[2]] = [x / long, y / long, z / long];
  }
}

function numberIn(pressed: ReadonlySet<string>): number {
  for (let nth = 1; nth <= 9; nth += 1) if (pressed.has(`Digit${nth}`)) return nth;
  return 0;
}
