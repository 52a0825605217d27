/**
 * What a shooter sounds like: weapons, monsters, steps, things that are picked up, doors and lifts, and the hum of the place.
 *
 * Owns when each is heard; how it sounds is in `sound/`. Of very many at once the loudest are passed on.
 */
import { DOING, type Monster, type MonsterKind } from "../../core/arena";
import { Captions } from "../../core/captions";
import { AVATAR_ROW } from "../../core/generated";
import { pickUpOf } from "../../core/guns";
import { type Json, type JsonObject, member, text } from "../../core/json";
import { type Change, isGone } from "../../core/replica";
import { AMBIENCES, type Ambience, type SoundName } from "../../core/sounds";
import { HEAD_HEIGHT_M } from "../../core/viewer";
import { Volley } from "../../core/volley";
import type { Vector } from "../../scene/matrix";
import type { Context } from "../context";

/** One step of somebody who walks, metres; how loud steps are, one's own and others'; farther ones are not heard, metres. */
const STEP_M = 0.78;
const STEP_GAIN = { own: 0.28, others: 0.6 } as const;
const STEPS_REACH_M = 16;
/** Faster than this nobody steps, m/s: they were put elsewhere, or fly. */
const STEPS_UNTIL_M_S = 9;
/** A monster that is about nothing growls now and then, milliseconds; farther ones are not heard, metres. */
const GROWL_MS = { least: 4_500, more: 7_000 } as const;
const VOICE_REACH_M = 34;
/** What people hear of is looked through at most so often, milliseconds. */
const STEPS_EVERY_MS = 50;

const VOICES: { readonly [kind in MonsterKind]: { readonly [about in "growl" | "sees" | "pain" | "dies"]: SoundName } } = {
  walker: { growl: "walker_growl", sees: "walker_sees", pain: "walker_pain", dies: "walker_dies" },
  spitter: { growl: "spitter_growl", sees: "spitter_sees", pain: "spitter_pain", dies: "spitter_dies" },
  brute: { growl: "brute_growl", sees: "brute_sees", pain: "brute_pain", dies: "brute_dies" },
};

const PICKED: { readonly [item in ReturnType<typeof pickUpOf>]: SoundName } = {
  health: "pick_health",
  armour: "pick_armour",
  immunity: "pick_immunity",
  ammunition: "pick_ammunition",
  key: "pick_key",
  points: "pick_up",
};

/** A monster, as it was heard last. */
interface Voice {
  doing: number;
  growls_ms: number;
  frame: number;
}

/** Somebody who walks. */
interface Walker {
  x: number;
  z: number;
  walked_m: number;
  frame: number;
}

export class Noises {
  readonly #context: Context;
  readonly #volley = new Volley();
  readonly #captions = new Captions();
  readonly #voices = new Map<number, Voice>();
  readonly #walkers = new Map<number, Walker>();
  readonly #states = new Map<number, string>();
  readonly #games = new Map<number, Ambience | undefined>();
  readonly #heard: { unsubscribe(): void };
  #frame = 0;
  #steps_ms = 0;
  #chance = 1;

  constructor(context: Context) {
    this.#context = context;
    this.#heard = context.app.events$.subscribe(({ event, payload }) => this.#tell(event, payload));
  }

  /** A shot, or where one ended. */
  shot(sound: SoundName, [x, y, z]: Vector): void {
    this.#ask(sound, x, y, z, 1);
  }

  /** Something of one's own, in one's own hands. */
  own(sound: SoundName): void {
    this.#context.app.voice.ring(sound, undefined);
  }

  /** Doors, lifts, and how the place hums. */
  follow(changes: readonly Change[], now: boolean): void {
    for (const change of changes) {
      if (isGone(change)) this.#forget(change.index);
      else if (change.record !== undefined) this.#learn(change.index, change.record.components, now);
    }
    if (changes.length === 0) return;
    const first = [...this.#games.keys()].sort((a, b) => a - b)[0];
    this.#context.app.voice.hum(this.#context.app.visit.inRoom && first !== undefined ? this.#games.get(first) : undefined);
  }

  /** What monsters and people can be heard doing in this frame; then all of the frame is played. */
  step(monsters: readonly Monster[]): void {
    this.#frame += 1;
    const { clock } = this.#context;
    for (const monster of monsters) this.#listen(monster);
    if (this.#voices.size > monsters.length) dropOld(this.#voices, this.#frame);
    if (clock.now_ms >= this.#steps_ms) {
      this.#steps(clock.now_ms - this.#steps_ms + STEPS_EVERY_MS);
      this.#steps_ms = clock.now_ms + STEPS_EVERY_MS;
    }
    this.#volley.each(({ sound, x, y, z, gain }) => {
      this.#context.app.voice.ring(sound, [x, y, z], gain);
      this.#caption(sound, x, y, z);
    });
    this.#volley.begin();
  }

  end(): void {
    this.#heard.unsubscribe();
    this.#context.app.voice.hum(undefined);
  }

  #listen({ id, kind, doing, x, y, z }: Monster): void {
    const { now_ms } = this.#context.clock;
    let voice = this.#voices.get(id);
    if (voice === undefined) {
      voice = { doing, growls_ms: now_ms + this.#pause(), frame: 0 };
      this.#voices.set(id, voice);
    }
    voice.frame = this.#frame;
    const before = voice.doing;
    voice.doing = doing;
    const says = VOICES[kind];
    if (before !== doing && doing === DOING.dies) return this.#ask(says.dies, x, y + 1, z, 1);
    if (before !== doing && doing === DOING.hurts) return this.#ask(says.pain, x, y + 1, z, 0.9);
    if (before === DOING.stands && doing !== DOING.stands) return this.#ask(says.sees, x, y + 1, z, 1);
    if (now_ms < voice.growls_ms || doing === DOING.dies) return;
    voice.growls_ms = now_ms + this.#pause();
    if (this.#far(x, y, z) < VOICE_REACH_M) this.#ask(says.growl, x, y + 1, z, 0.7);
  }

  /** Another one each time, the same on every machine. */
  #pause(): number {
    this.#chance = (this.#chance * 16_807) % 2_147_483_647;
    return GROWL_MS.least + (GROWL_MS.more * this.#chance) / 2_147_483_647;
  }

  /** Steps by how far each has walked: one's own, quieter, and of those near by. */
  #steps(since_ms: number): void {
    const { app, core } = this.#context;
    const { viewer } = app;
    const flying = app.preferences.settings$.value.fly || app.seating.seat$.value !== null;
    if (this.#walks(-1, viewer.x, viewer.z, since_ms) && !flying && app.visit.acts) app.voice.ring("step", undefined, STEP_GAIN.own);
    const rows = core.avatars();
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      const head = at + AVATAR_ROW.head;
      const [x, y, z] = [rows[head] ?? 0, rows[head + 1] ?? 0, rows[head + 2] ?? 0];
      if (this.#far(x, y, z) > STEPS_REACH_M) continue;
      if (this.#walks(rows[at + AVATAR_ROW.index] ?? 0, x, z, since_ms)) this.#ask("step", x, y - 1.6, z, STEP_GAIN.others);
    }
    dropOld(this.#walkers, this.#frame);
  }

  /** Whether somebody has just put down a foot. */
  #walks(index: number, x: number, z: number, since_ms: number): boolean {
    const walker = this.#walkers.get(index);
    if (walker === undefined) {
      this.#walkers.set(index, { x, z, walked_m: 0, frame: this.#frame });
      return false;
    }
    const gone_m = Math.hypot(x - walker.x, z - walker.z);
    walker.x = x;
    walker.z = z;
    walker.frame = this.#frame;
    if ((gone_m / Math.max(1, since_ms)) * 1_000 > STEPS_UNTIL_M_S) return false;
    walker.walked_m += gone_m;
    if (walker.walked_m < STEP_M) return false;
    walker.walked_m %= STEP_M;
    return true;
  }

  // ---- what the room tells ----------------------------------------------------------------------------------------

  #learn(index: number, { door_state, lift_state, game }: JsonObject, now: boolean): void {
    if (game !== undefined) this.#games.set(index, AMBIENCES.find((each) => each === text(member(game, "ambience"))));
    else this.#games.delete(index);
    const state = text(door_state) ?? text(lift_state);
    const before = this.#states.get(index);
    if (state === undefined) this.#states.delete(index);
    else this.#states.set(index, state);
    if (!now || state === undefined || before === state) return;
    const matrices = this.#context.core.matrices();
    const at = index * 16 + 12;
    this.#ask(door_state === undefined ? "lift" : "door", matrices[at] ?? 0, matrices[at + 1] ?? 0, matrices[at + 2] ?? 0, 0.8);
  }

  #forget(index: number): void {
    this.#games.delete(index);
    this.#states.delete(index);
  }

  /** What is picked up, loaded and changed by others, and by oneself. */
  #tell(event: string, payload: Json): void {
    const user = text(member(payload, "user_id"));
    const sound = this.#soundOf(event, payload, user);
    if (sound === undefined) return;
    if (user === this.#context.session.self_id) return this.own(sound);
    const index = user === undefined ? -1 : this.#context.replica.index(user);
    const rows = this.#context.core.avatars();
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      if (rows[at + AVATAR_ROW.index] !== index) continue;
      const head = at + AVATAR_ROW.head;
      return this.#ask(sound, rows[head] ?? 0, rows[head + 1] ?? 0, rows[head + 2] ?? 0, 0.6);
    }
  }

  #soundOf(event: string, payload: Json, user: string | undefined): SoundName | undefined {
    if (event !== "item_collected") return SOUND_OF_FACT[event];
    const item = text(member(payload, "item")) ?? "points";
    const weapons = user === undefined ? undefined : this.#context.replica.components(user)?.["weapons"];
    return member(weapons, item) === undefined ? PICKED[pickUpOf({ item })] : "pick_weapon";
  }

  #ask(sound: SoundName, x: number, y: number, z: number, gain: number): void {
    this.#volley.ask(sound, x, y, z, gain, this.#far(x, y, z));
  }

  #far(x: number, y: number, z: number): number {
    const { viewer } = this.#context.app;
    return Math.hypot(x - viewer.x, y - viewer.y - HEAD_HEIGHT_M, z - viewer.z);
  }

  #caption(sound: SoundName, x: number, y: number, z: number): void {
    const { app, clock } = this.#context;
    // Steps would say nothing but themselves.
    if (sound === "step" || !app.preferences.settings$.value.sound.captions) return;
    const line = this.#captions.note(sound, this.#far(x, y, z), clock.now_ms);
    if (line !== undefined) app.hud.hud$.next(line);
  }
}

/** Facts that are heard where their person is. */
const SOUND_OF_FACT: { readonly [event: string]: SoundName | undefined } = {
  weapon_reloaded: "reload",
  weapon_switched: "switch_weapon",
  weapon_dropped: "thud",
};

/** Whoever was not met in this frame is gone. */
function dropOld(map: Map<number, { frame: number }>, frame: number): void {
  for (const [index, { frame: last }] of map) if (last !== frame) map.delete(index);
}
