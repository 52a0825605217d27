/**
 * A shooter's part of a frame: what hands do first, what is seen and heard of it last. Loaded with the first monster, weapon or game.
 */
import { DOING, type Monster, type ShotNews } from "../../core/arena";
import type { Change } from "../../core/replica";
import type { ArenaScene } from "../../scene/arena/arena";
import type { ArenaSteps } from "../arena";
import type { Context } from "../context";
import { WeaponControl } from "./control";
import { FloatingThings } from "./floating";
import { Flying } from "./flying";
import { Noises } from "./noises";
import { WeaponsInHands } from "./weapons";

const NO_MONSTERS: readonly Monster[] = [];
const NO_SHOTS: readonly ShotNews[] = [];

export function arenaSteps(context: Context, scene: ArenaScene): ArenaSteps {
  const { app, session, replica, stage, clock, core } = context;
  const weapons = new WeaponsInHands(context, scene);
  const things = new FloatingThings(context, scene);
  const noises = new Noises(context);
  const flying = new Flying(context, scene, noises);
  const control = new WeaponControl(context, weapons, flying, noises);
  let monsters: readonly Monster[] = NO_MONSTERS;

  // What was there before all this came.
  follow(everything(), false);

  function follow(changes: readonly Change[], now: boolean): void {
    weapons.follow(changes);
    things.follow(changes);
    noises.follow(changes, now);
  }

  function everything(): readonly Change[] {
    const indices = Array.from({ length: core.matrices().length / 16 }, (_, index) => index);
    return indices.map((index) => ({ index, mask: 0, record: replica.record(index), fresh: false }));
  }

  function aim(): void {
    monsters = app.arena.source?.monsters() ?? NO_MONSTERS;
    control.step(monsters);
  }

  function show(): void {
    const { source } = app.arena;
    follow(clock.changes, true);
    // Without the room's clock nothing is over, and shots of one's own go by the page's.
    const [room_ms, render_ms] = [source?.room_ms() ?? 0, source?.render_ms() ?? 0];
    scene.begin();
    scene.guns.begin();
    scene.monsters.show(monsters, clock.now_ms);
    things.draw(room_ms);
    weapons.drawOthers();
    const own = weapons.drawOwn(app.visit.acts && app.arena.armed$.value ? control.in_hand?.kind : undefined, control.lowered);
    scene.guns.end();
    flying.hear(source?.shots() ?? NO_SHOTS, replica.index(session.self_id), render_ms);
    const seen = scene.shots.draw(render_ms);
    noises.step(monsters);
    stirs(own || seen);
  }

  /** Whether there is a next picture to draw: who goes, strikes or falls is followed, who stands only breathes. */
  function stirs(moves: boolean): void {
    const { near, far } = scene.monsters.count;
    const alive = near + far > 0;
    if (moves || (alive && monsters.some(({ doing }) => doing !== DOING.stands))) stage.stir();
    else if (alive || scene.shots.fading) stage.murmur();
  }

  return {
    aim,
    show,
    end: () => {
      noises.end();
      app.arena.armed$.next(false);
    },
  };
}
