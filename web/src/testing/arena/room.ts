/**
 * A room that is played without a server: a core that says what is in it, and answers shots. For looking at a shooter as a visitor does.
 */
import { DOING, MONSTER_BODIES, type Monster, type ShotNews } from "../../core/arena";
import { capsuleAlong } from "../../core/aim";
import type { Reply } from "../../core/commands";
import type { ClientCore } from "../../core/core-types";
import { AVATAR_ROW, CHANGE } from "../../core/generated";
import { type JsonObject, member, numbers } from "../../core/json";
import { Replica } from "../../core/replica";
import type { RoomApp } from "../../core/room-app";
import type { Session } from "../../core/session";
import { type Vector, compose } from "../../scene/matrix";
import type { Stage } from "../../scene/stage";
import { HALL } from "./hall";

const RIFLE = { kind: "hitscan", damage: 12, rate: 8, pellets: 1, spread: 0.01, ammo: "bullets", capacity: 24, reload_ms: 1_200, speed: 0, range: 60, sound: "shot", loaded: 24 };
const SHOTGUN = { ...RIFLE, rate: 1.4, pellets: 8, spread: 0.06, capacity: 6, loaded: 6, ammo: "shells" };
/** How long the room takes to answer, milliseconds. */
const LATE_MS = 70;
const PEOPLE = { color: "#E2573A" };

type Entity = { id: string; at: Vector; components: JsonObject };

const lying = (id: string, x: number, z: number, components: JsonObject): Entity => ({ id, at: [x, 0.8, z], components });

export class PlayedRoom {
  readonly core: ClientCore;
  readonly replica: Replica;
  readonly session: Session;
  readonly shots: number[] = [];
  readonly monsters: Monster[] = [];
  readonly #entities: Entity[];
  readonly #matrices: Float32Array;
  readonly #rows = new Float32Array(AVATAR_ROW.floats);
  readonly #changed = new Set<number>();
  readonly #stage: Stage;
  #news: { due_ms: number; shot: ShotNews }[] = [];
  #id = 0;

  constructor(app: RoomApp, stage: Stage) {
    this.#stage = stage;
    this.#entities = [
      { id: app.user_id, at: [0, 1.8, 0], components: { avatar: PEOPLE, nickname: "Ada", weapon: "rifle", weapons: { rifle: RIFLE, shotgun: SHOTGUN }, inventory: { bullets: 96, shells: 12 } } },
      { id: "ben", at: [0, 0, 0], components: { avatar: { color: "#1F9D8F" }, nickname: "Ben", weapon: "shotgun", weapons: { shotgun: SHOTGUN } } },
      ...HALL.map(([at, components], nth): Entity => ({ id: `thing${nth}`, at, components })),
      lying("health", -3, 7, { collectable: { item: "health" } }),
      lying("key", -1.5, 7, { collectable: { item: "red_key" } }),
      lying("launcher", 2.2, 6.5, { gun: { kind: "projectile" }, collectable: { item: "launcher" } }),
      { id: "game", at: [0, 0, 0], components: { game: { ambience: "hall" } } },
    ];
    this.#matrices = new Float32Array(16 * this.#entities.length);
    this.#entities.forEach(({ at }, index) => {
      compose(this.#matrices, index * 16, at, [0, 0, 0, 1], [1, 1, 1]);
      this.#changed.add(index);
    });
    this.#rows[AVATAR_ROW.index] = 1;
    this.#rows.set([-2.4, 1.8, 4.5, 0, 0.35, 0, 0.94], AVATAR_ROW.head);
    this.core = this.#newCore();
    this.replica = new Replica(this.core);
    this.session = this.#newSession(app);
    const kinds = [["walker", -1.4, 9], ["walker", 2.6, 12], ["spitter", 4, 16], ["brute", 0.6, 14], ["walker", -4, 18]] as const;
    kinds.forEach(([kind, x, z], nth) => this.monsters.push({ id: 100 + nth, kind, size: 1, x, y: 0, z, yaw: Math.PI, doing: DOING.walks, since_ms: NaN, health_part: 1 }));
    app.arena.source = { monsters: () => this.#move(), shots: () => this.#due(), room_ms: () => performance.now(), render_ms: () => performance.now() - 100, aimed_ms: () => performance.now() - 100 };
  }

  #newCore(): ClientCore {
    const known: Partial<ClientCore> = {
      index_of: (id) => this.#entities.findIndex((entity) => entity.id === id),
      id_of: (index) => this.#entities[index]?.id,
      entity: (index) => {
        const entity = this.#entities[index];
        return entity && JSON.stringify({ id: entity.id, version: 1, components: entity.components });
      },
      changes: () => {
        const pairs = Uint32Array.from([...this.#changed].flatMap((index) => [index, CHANGE.created]));
        this.#changed.clear();
        return pairs;
      },
      matrices: () => this.#matrices,
      dirty: () => new Uint32Array(),
      avatars: () => this.#rows,
      hands: () => new Float32Array(),
      own_joints: () => new Float32Array(),
      interactions: () => 0,
      stats: () => "{}",
    };
    return new Proxy(known, { get: (all, name) => Reflect.get(all, name) ?? (() => undefined) }) as ClientCore;
  }

  #newSession(app: RoomApp): Session {
    const ben = { user_id: "ben", nickname: "Ben", color: "#1F9D8F", look: app.profile.profile$.value.look, seat: null, self: false, away: false, role: "visitor", muted: false };
    app.wishes.attach({ enter: () => undefined, tryAgain: () => undefined, leave: () => undefined, dispose: () => undefined, components: (id) => this.replica.components(id), command: (name, payload) => this.#answer(name, payload) });
    const session = {
      app,
      core: this.core,
      replica: this.replica,
      self_id: app.user_id,
      place: undefined,
      prediction: { moves: false },
      personAt: (index: number) => (index === 1 ? ben : undefined),
      frame: () => this.replica.drain(),
      guarded: (work: () => void) => work(),
      transmit: () => undefined,
      hidden: () => undefined,
      hiddenFrame: () => undefined,
      hurry: () => undefined,
      measure: () => undefined,
    };
    return session as unknown as Session;
  }

  async #answer(name: string, payload: JsonObject): Promise<Reply> {
    const me = this.#entities[0] as Entity;
    const weapon = String(me.components["weapon"]);
    const weapons = me.components["weapons"] as { [name: string]: JsonObject };
    const put = (more: JsonObject) => {
      me.components = { ...me.components, ...more };
      this.#changed.add(0);
    };
    const loaded = Number(weapons[weapon]?.["loaded"]);
    if (name === "shoot") {
      if (loaded < 1) return { ok: false, reason: "no_ammo", detail: "It is empty." };
      put({ weapons: { ...weapons, [weapon]: { ...weapons[weapon], loaded: loaded - 1 } } });
      this.shots.push(performance.now());
      this.#shoot(numbers(member(payload, "origin"), 3) as unknown as Vector, numbers(member(payload, "direction"), 3) as unknown as Vector);
    }
    if (name === "reload") put({ weapons: { ...weapons, [weapon]: { ...weapons[weapon], loaded: 24 } } });
    if (name === "switch_weapon") put({ weapon: String(payload["weapon"]) });
    return { ok: true, response: {} };
  }

  #shoot([x, y, z]: Vector, direction: Vector): void {
    const [dx, dy, dz] = direction;
    let [least, met]: [number, Monster | undefined] = [this.#stage.solids.cast(x, y, z, direction, 60)?.distance_m ?? 60, undefined];
    for (const monster of this.monsters) {
      const { high_m, radius_m } = MONSTER_BODIES[monster.kind];
      const far_m = capsuleAlong(x, y, z, dx, dy, dz, monster.x, monster.y, monster.z, high_m, radius_m);
      if (far_m < least && monster.health_part > 0) [least, met] = [far_m, monster];
    }
    if (met !== undefined) {
      met.health_part = Math.max(0, met.health_part - 0.14);
      met.doing = met.health_part > 0 ? DOING.hurts : DOING.dies;
      met.since_ms = NaN;
    }
    this.#id += 1;
    const shot: ShotNews = { id: this.#id, by: 0, kind: "bullet", ended: true, met: met !== undefined ? "body" : least < 60 ? "thing" : "nothing", at_ms: performance.now(), from: [x, y, z], to: [x + dx * least, y + dy * least, z + dz * least], speed_m_s: 0 };
    this.#news.push({ due_ms: performance.now() + LATE_MS, shot });
  }

  #move(): readonly Monster[] {
    const now_ms = performance.now();
    for (const monster of this.monsters) {
      if (monster.doing === DOING.hurts && now_ms % 900 < 60) monster.doing = DOING.walks;
      if (monster.doing === DOING.walks && monster.z > 5) monster.z -= 0.012;
    }
    return this.monsters;
  }

  #due(): readonly ShotNews[] {
    const now_ms = performance.now();
    const due = this.#news.filter(({ due_ms }) => due_ms <= now_ms).map(({ shot }) => shot);
    this.#news = this.#news.filter(({ due_ms }) => due_ms > now_ms);
    return due;
  }
}
