/**
 * Reads monsters and shots of a room from the client core, once a frame, for whoever draws them.
 *
 * Owns the rows' layout on this side. The objects of the list are filled anew in every frame.
 */
import type { ArenaSource, Doing, Met, Monster, MonsterKind, ShotNews } from "./arena";
import { MONSTER_KINDS } from "./arena";
import type { ClientCore } from "./core-types";
import { MONSTER_ROW, SHOT_ROW } from "./generated";
import { type JsonObject, member, numbers, text } from "./json";
import type { Replica } from "./replica";

/** What monsters have of health that nothing has hurt, where they say nothing (docs/games.md). */
const USUAL_HEALTH: { readonly [kind in MonsterKind]: number } = { walker: 60, spitter: 40, brute: 300 };
const MET: readonly Met[] = ["nothing", "thing", "body"];

export class RoomArena implements ArenaSource {
  readonly #core: Pick<ClientCore, "monsters" | "take_shots" | "room_ms" | "seen_ms" | "aimed_ms">;
  readonly #replica: Pick<Replica, "record">;
  readonly #now_ms: () => number;
  readonly #monsters: Monster[] = [];
  readonly #spare: Monster[] = [];

  constructor(core: Pick<ClientCore, "monsters" | "take_shots" | "room_ms" | "seen_ms" | "aimed_ms">, replica: Pick<Replica, "record">, now_ms: () => number) {
    [this.#core, this.#replica, this.#now_ms] = [core, replica, now_ms];
  }

  monsters(): readonly Monster[] {
    const rows = this.#core.monsters();
    const now_ms = this.room_ms();
    this.#spare.push(...this.#monsters.splice(0));
    for (let at = 0; at < rows.length; at += MONSTER_ROW.floats) {
      const of = (offset: number) => rows[at + offset] ?? 0;
      const components = this.#replica.record(of(MONSTER_ROW.index))?.components;
      if (components?.["monster"] === undefined || components["monster"] === false) continue;
      const monster = this.#spare.pop() ?? newMonster();
      const kind = kindOf(components);
      monster.id = of(MONSTER_ROW.index);
      monster.kind = kind;
      monster.size = numbers(components["scale"], 3)?.[1] ?? 1;
      [monster.x, monster.y, monster.z] = [of(MONSTER_ROW.place), of(MONSTER_ROW.place + 1), of(MONSTER_ROW.place + 2)];
      monster.yaw = of(MONSTER_ROW.heading);
      monster.doing = of(MONSTER_ROW.doing) as Doing;
      monster.since_ms = now_ms - of(MONSTER_ROW.since_s) * 1_000;
      monster.health_part = healthPart(components, kind);
      this.#monsters.push(monster);
    }
    return this.#monsters;
  }

  shots(): readonly ShotNews[] {
    const rows = this.#core.take_shots();
    const news: ShotNews[] = [];
    for (let at = 0; at < rows.length; at += SHOT_ROW.floats) {
      const of = (offset: number) => rows[at + offset] ?? 0;
      const point = (offset: number): readonly [number, number, number] => [of(offset), of(offset + 1), of(offset + 2)];
      news.push({
        id: of(SHOT_ROW.id),
        by: of(SHOT_ROW.by),
        kind: of(SHOT_ROW.kind) === 1 ? "fireball" : "bullet",
        ended: of(SHOT_ROW.ended) === 1,
        met: MET[of(SHOT_ROW.met)] ?? "nothing",
        at_ms: of(SHOT_ROW.at_ms),
        from: point(SHOT_ROW.from),
        to: point(SHOT_ROW.to),
        speed_m_s: of(SHOT_ROW.speed),
      });
    }
    return news;
  }

  room_ms(): number {
    return this.#core.room_ms(this.#now_ms()) ?? 0;
  }

  render_ms(): number {
    return this.#core.seen_ms(this.#now_ms()) ?? 0;
  }

  aimed_ms(origin: readonly [number, number, number], direction: readonly [number, number, number]): number {
    return this.#core.aimed_ms(new Float32Array(origin), new Float32Array(direction), this.#now_ms()) ?? 0;
  }
}

function newMonster(): Monster {
  return { id: 0, kind: "walker", size: 1, x: 0, y: 0, z: 0, yaw: 0, doing: 0, since_ms: 0, health_part: 1 };
}

function kindOf(components: JsonObject): MonsterKind {
  const named = text(member(components["monster"], "kind"));
  return MONSTER_KINDS.find((kind) => kind === named) ?? "walker";
}

function healthPart(components: JsonObject, kind: MonsterKind): number {
  const said = member(components["monster"], "health");
  const full = typeof said === "number" && said > 0 ? said : USUAL_HEALTH[kind];
  const { health } = components;
  return typeof health === "number" ? Math.min(1, Math.max(0, health / full)) : 1;
}
