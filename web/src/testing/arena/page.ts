/**
 * Shows monsters, weapons and shots in a hall at night, as the page's address asks: `?scene=…&level=high|low&t=…`. For pictures
 * (`pictures.mjs`) and for whoever changes how they look.
 */
import { DOING, type Doing, type Monster, type MonsterKind } from "../../core/arena";
import { GUN_KINDS, type GunKind, PICK_UPS } from "../../core/guns";
import type { ArenaScene } from "../../scene/arena/arena";
import { newFigure } from "../../scene/crowd";
import { PRESETS } from "../../scene/environment";
import { Carry, composeAhead, composeInHand } from "../../scene/guns/carry";
import { LOD } from "../../scene/lod";
import { compose } from "../../scene/matrix";
import { Stage } from "../../scene/stage";
import { HALL } from "./hall";
import { measureSounds } from "./sounds";

const asked = new URLSearchParams(location.search);
const scene_name = asked.get("scene") ?? "kinds";
const low = asked.get("level") === "low";
const until_ms = Number(asked.get("t") ?? 1_000);
const canvas = document.getElementById("view") as HTMLCanvasElement;
const STEP_MS = 33;
/** Frames before the picture: shaders come a little later than what they draw. */
const FRAMES_MIN = 12;

interface Scenario {
  readonly eye: readonly [x: number, y: number, z: number, yaw: number, pitch: number];
  begin?(arena: ArenaScene): void;
  step(arena: ArenaScene, now_ms: number, dt_s: number): void;
}

const monster = (id: number, kind: MonsterKind, x: number, z: number, more: Partial<Monster> = {}): Monster => {
  const rest = { y: 0, yaw: Math.PI, doing: DOING.stands as Doing, since_ms: 0, health_part: 1, size: 1 };
  return { id, kind, x, z, ...rest, ...more };
};

const ROWS: readonly MonsterKind[] = ["walker", "spitter", "brute"];

/** One that walks towards the eye at a speed. */
function walking(list: readonly Monster[], speed_m_s: number): (now_ms: number) => readonly Monster[] {
  const begun = list.map(({ z }) => z);
  return (now_ms) => {
    list.forEach((each, at) => {
      if (each.doing === DOING.walks) each.z = (begun[at] ?? 0) + speed_m_s * (until_ms - now_ms) * 0.001;
    });
    return list;
  };
}

function many(count: number): Monster[] {
  return Array.from({ length: count }, (_, at) => {
    const [row, column] = [Math.floor(at / 16), at % 16];
    const kind = ROWS[(row + column) % 3] ?? "walker";
    return monster(at, kind, (column - 7.5) * 1.35, 6 + row * 2.1, { doing: DOING.walks, yaw: Math.PI + 0.1 * Math.sin(at) });
  });
}

const lineUp: readonly Monster[] = [
  monster(1, "walker", -3, 6, { yaw: Math.PI - 0.25 }),
  monster(2, "spitter", -1, 5.4, { yaw: Math.PI - 0.05 }),
  monster(3, "brute", 1.5, 6.6, { yaw: Math.PI + 0.2 }),
  monster(4, "brute", 5, 10, { yaw: Math.PI + 0.35, size: 1.6 }),
];

/** What each kind does, one beside the other, at this time of it. */
function doings(kind: MonsterKind, since_ms: number): readonly Monster[] {
  const all = Object.values(DOING);
  return all.map((doing, at) =>
    monster(at, kind, (at - 2.5) * (kind === "brute" ? 2.3 : 1.7), 7, { doing, since_ms: until_ms - since_ms, yaw: Math.PI + 0.35, health_part: doing === DOING.hurts ? 0.6 : 1 }),
  );
}

const SCENES: { readonly [name: string]: Scenario } = {
  kinds: { eye: [0, 1.6, -0.5, 0.05, 0.06], step: (arena, now_ms) => void arena.monsters.show(lineUp, now_ms) },
  ...Object.fromEntries(ROWS.map((kind) => [`close-${kind}`, closeUp(kind)])),
  walk: scenarioOf([0, 1.6, 0, 0, 0.08], walking(ROWS.flatMap((kind, at) => [0, 1].map((n) => monster(at * 2 + n, kind, (at - 1) * 3 + n * 1.4 - 0.7, 5 + n, { doing: DOING.walks, yaw: Math.PI + 0.6 * (n - 0.5) }))), 1.2)),
  ...Object.fromEntries(ROWS.map((kind) => [`doing-${kind}`, scenarioOf([0, 1.7, -0.5, 0, 0.1], () => doings(kind, Number(asked.get("since") ?? 300)))])),
  far: scenarioOf([0, 1.7, -2, 0, 0], () => ROWS.flatMap((kind, at) => [28, 20].map((z, n) => monster(at * 2 + n, kind, (at - 1) * 3.2 - n, z, { doing: DOING.walks })))),
  many: scenarioOf([0, 2.4, -2, 0, 0.16], walking(many(Number(asked.get("n") ?? 120)), 1)),
  hits: {
    eye: [0, 1.65, 0, 0, 0.06],
    step: (arena, now_ms) => {
      const hurt = now_ms > until_ms - 90;
      const list = [monster(1, "walker", -2.2, 6, { health_part: hurt ? 0.65 : 1 }), monster(2, "spitter", 0, 5, { health_part: hurt ? 0.4 : 0.6 }), monster(3, "brute", 2.4, 7, { health_part: hurt ? 0.2 : 0.4 })];
      arena.monsters.show(list, now_ms);
    },
  },
  pickups: {
    eye: [0, 1.7, 0, 0, 0.2],
    step: (arena, now_ms) => {
      const at = (column: number, count: number, z: number) => [(column - (count - 1) / 2) * 1.25, 0.75, z] as const;
      GUN_KINDS.forEach((kind, column) => arena.guns.float(kind, ...at(column, GUN_KINDS.length, 3.4), now_ms, Infinity, undefined));
      PICK_UPS.forEach((item, column) => arena.guns.float(item, ...at(column, PICK_UPS.length, 5.6), now_ms, Infinity, item === "key" ? [0.93, 0.26, 0.27] : undefined));
      arena.guns.float("health", -4.6, 0.75, 5.6, now_ms, 200, undefined);
    },
  },
  ...Object.fromEntries(GUN_KINDS.map((kind) => [`hold-${kind}`, holding(kind)])),
  people: people(),
  shots: {
    eye: [0, 1.7, -1, 0, 0.05],
    step(arena, now_ms, dt_s) {
      const id = Math.round(now_ms);
      const begins = dt_s > 0 && now_ms === until_ms;
      if (begins) {
        arena.shots.add({ id, kind: "tracer", from: [0.3, 1.45, 0], to: [-4, 1.1, 8.38], speed_m_s: 0, started_ms: now_ms - 12, hit: "thing", flash_m: 0.3 });
        arena.shots.add({ id: id + 1, kind: "tracer", from: [2.4, 1.4, 3], to: [6, 2, 39.6], speed_m_s: 0, started_ms: now_ms - 20, hit: "thing", flash_m: 0.35 });
      }
      if (isAt(now_ms, dt_s, 330)) {
        arena.shots.add({ id: 5_001, kind: "fireball", from: [-1, 0.7, 12], to: [-1, 1.4, 1], speed_m_s: 12, started_ms: now_ms, hit: "nothing", flash_m: 0.5 });
        arena.shots.add({ id: 5_002, kind: "bullet", from: [0.6, 1.4, 0], to: [2, 1.5, 30], speed_m_s: 40, started_ms: now_ms + 80, hit: "nothing" });
        arena.shots.add({ id: 5_003, kind: "tracer", from: [0.4, 1.4, 0], to: [7.45, 1.6, 11.95], speed_m_s: 0, started_ms: now_ms, hit: "thing" });
      }
      if (isAt(now_ms, dt_s, 120)) {
        for (const [at, hit] of [[[2.5, 1.2, 6.9], "body"], [[-2.5, 0.02, 5], "thing"]] as const) arena.shots.meet(at, [0, 0, 1], hit, now_ms);
        arena.shots.add({ id: 5_004, kind: "fireball", from: [4, 1, 10], to: [4.6, 0.8, 10.45], speed_m_s: 12, started_ms: now_ms - 10, hit: "thing" });
        arena.shots.end(5_004, [4.6, 0.8, 10.45], "thing", now_ms);
      }
      arena.monsters.show([monster(1, "spitter", -1, 12.4, { doing: DOING.throws, since_ms: until_ms - 420 }), monster(2, "brute", 2.5, 7.4)], now_ms);
    },
  },
  fight: fight(),
};

/** Whether this frame is the one so long before the picture. */
function isAt(now_ms: number, dt_s: number, before_ms: number): boolean {
  return dt_s > 0 && Math.abs(now_ms - (until_ms - before_ms)) < STEP_MS / 2;
}

/** One of a kind from before and from the side. */
function closeUp(kind: MonsterKind): Scenario {
  const [far, high] = kind === "brute" ? [4.2, 1.7] : [2.9, 1.2];
  return scenarioOf([0, high, 0, 0, 0.08], () => [monster(1, kind, -far * 0.26, far, { yaw: Math.PI - 0.1 }), monster(2, kind, far * 0.3, far, { yaw: Math.PI * 0.62 })]);
}

function scenarioOf(eye: Scenario["eye"], list: (now_ms: number) => readonly Monster[]): Scenario {
  return { eye, step: (arena, now_ms) => void arena.monsters.show(list(now_ms), now_ms) };
}

/** One's own weapon; `since` milliseconds after a shot. */
function holding(kind: GunKind, alone = true): Scenario {
  const carry = new Carry();
  const matrix = new Float32Array(16);
  const eye = new Float32Array(7);
  return {
    eye: [0, 1.65, 0, 0, 0.02],
    step(arena, now_ms, dt_s) {
      if (asked.has("since") && isAt(now_ms, dt_s, Number(asked.get("since")))) carry.kick();
      carry.step(kind, dt_s, 0, 0, 0, asked.has("lowered"));
      stage.rig.toRoom(stage.rig.head, eye);
      carry.compose(matrix, eye, kind, stage.aspect);
      arena.guns.draw(kind, matrix);
      if (asked.has("since") && dt_s > 0 && now_ms === until_ms) {
        const [x, y, z] = arena.guns.muzzleOf(kind, matrix);
        arena.shots.add({ id: 1, kind: "tracer", from: [x, y, z], to: [0, 1.5, 30], speed_m_s: 0, started_ms: now_ms - 8, hit: "nothing", flash_m: 0.12 });
      }
      if (alone) arena.monsters.show([monster(1, "walker", -0.6, 6), monster(3, "brute", 1.6, 9)], now_ms);
    },
  };
}

/** People with weapons in their hands: without hands, and with one that is tracked. */
function people(): Scenario {
  const poses = new Float32Array(7 * 3 * 4);
  const figure = newFigure({ head: "round", top: "short", face: "none", hair: [0.3, 0.2, 0.15] });
  const colors = [[0.89, 0.34, 0.23], [0.12, 0.62, 0.56], [0.93, 0.65, 0.18], [0.48, 0.36, 0.84]] as const;
  const matrix = new Float32Array(16);
  return {
    eye: [0, 1.6, 0.4, 0, 0.05],
    step(arena, now_ms, dt_s) {
      stage.crowd.begin(now_ms, dt_s);
      GUN_KINDS.forEach((kind, at) => {
        const yaw = [2.6, 3.5, 2.2, 3.9][at] ?? Math.PI;
        const from = at * 21;
        poses.set([(at - 1.5) * 1.3, 1.6, 4, 0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)], from);
        poses.set([(at - 1.5) * 1.3 - 0.3, 1.3, 3.7, 0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)], from + 7);
        const [red, green, blue] = colors[at] ?? [1, 1, 1];
        const tracked = at === 3;
        if (tracked) composeInHand(matrix, poses, from + 7);
        else composeAhead(matrix, poses, from);
        arena.guns.draw(kind, matrix);
        Object.assign(figure, { index: at, poses, head: from, red, green, blue, lod: LOD.near, right: tracked ? from + 7 : -1, right_things: matrix, right_thing: tracked ? -1 : 0 });
        stage.crowd.draw(figure);
      });
      stage.crowd.end();
    },
  };
}

function fight(): Scenario {
  const { step: hold } = holding("rifle", false);
  return {
    eye: [0, 1.7, -2, 0.02, 0.04],
    step(arena, now_ms, dt_s) {
      hold(arena, now_ms, dt_s);
      const list = [
        monster(11, "walker", -1.6, 3.4, { doing: DOING.strikes, since_ms: until_ms - 300 }),
        monster(12, "walker", 2.6, 8, { doing: DOING.walks }),
        monster(13, "walker", -4.4, 13, { doing: DOING.walks }),
        monster(14, "spitter", 3.6, 15, { doing: DOING.throws, since_ms: until_ms - 400 }),
        monster(15, "brute", 0.4, 10, { doing: DOING.walks, health_part: now_ms > until_ms - 100 ? 0.6 : 1 }),
        monster(16, "walker", 1.4, 5.5, { doing: DOING.dies, since_ms: until_ms - 1_450 }),
        monster(17, "brute", -2, 24, { size: 1.6, doing: DOING.walks }),
      ];
      arena.monsters.show(list, now_ms);
      if (isAt(now_ms, dt_s, 400)) arena.shots.add({ id: 9_001, kind: "fireball", from: [4, 0.8, 15], to: [-1, 1.2, -2], speed_m_s: 12, started_ms: now_ms, hit: "nothing" });
      arena.guns.float("health", -3, 0.75, 6, now_ms, Infinity, undefined);
      arena.guns.float("ammunition", 5, 0.75, 7, now_ms, Infinity, undefined);
    },
  };
}

const played = scene_name === "play";
const stage = played ? (undefined as never) : new Stage(canvas, low ? "low" : "high");

async function start(): Promise<void> {
  const matrices = new Float32Array(16 * HALL.length);
  HALL.forEach(([place], index) => compose(matrices, index * 16, place, [0, 0, 0, 1], [1, 1, 1]));
  stage.paintSky(PRESETS.night);
  HALL.forEach(([, components], index) => stage.props.put(index, components, matrices));
  stage.lightUp();
  const arena = await stage.loadArena();
  const scenario = SCENES[scene_name];
  if (scenario === undefined) throw new Error(`no scene is called ${scene_name}`);
  const [x, y, z, yaw, pitch] = scenario.eye;
  stage.stand(x, 0, z, yaw, y, pitch);
  stage.lamps.chooseNearest(x, y, z);
  stage.raiseCurtain(() => undefined);
  let [now_ms, frames] = [Math.max(0, until_ms - FRAMES_MIN * STEP_MS), 0];
  const renders: number[] = [];
  stage.run(
    () => {
      const before_ms = now_ms;
      if (now_ms < until_ms) now_ms = Math.min(until_ms, now_ms + STEP_MS);
      arena.begin();
      arena.guns.begin();
      scenario.step(arena, now_ms, (now_ms - before_ms) / 1_000);
      arena.guns.end();
      arena.shots.draw(now_ms);
      stage.stir();
    },
    (render_ms) => {
      renders.push(render_ms);
      frames += 1;
      const { near, far, unseen } = arena.monsters.count;
      if (now_ms >= until_ms && frames > FRAMES_MIN * 2) {
        const sorted = renders.slice(-20).sort((a, b) => a - b);
        Object.assign(window, { shown: { near, far, unseen, sprites: arena.sprites.count, render_ms: sorted[10], fps: stage.fps, meshes: stage.scene.getActiveMeshes().length } });
        document.title = "shown";
      }
    },
  );
}

async function sound(): Promise<void> {
  Object.assign(window, { shown: await measureSounds() });
  document.title = "shown";
}

if (played) void import("./play").then(({ play }) => play(canvas, low ? "low" : "high"));
else void (scene_name === "sounds" ? sound() : start());
