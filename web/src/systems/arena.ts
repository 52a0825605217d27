/**
 * What shooters add to a frame, in rooms that have any of it: it is loaded with the first monster, weapon or game, and runs at two
 * places of the frame. Owns when it comes; what it does is in `arena/`.
 */
import { RoomArena } from "../core/arena_source";
import type { GunKind } from "../core/guns";
import type { JsonObject } from "../core/json";
import type { Change } from "../core/replica";
import type { Context } from "./context";

/** Components that a shooter has, on things and on people. */
const COMPONENTS = ["game", "monster", "gun", "weapons", "spawner", "taken"] as const;
/** What is collectable and has none of these is drawn as one of a shooter's things. */
const FORMS = ["shape", "model", "text"] as const;

/** What comes with it. */
export interface ArenaSteps {
  /** What hands do with a weapon; before anything else is used. */
  aim(): void;
  /** What is seen and heard of it; once everybody is where they are. */
  show(): void;
  end(): void;
}

export class ArenaAtWork {
  /** Which weapon those have in hand who have one, by the index of their avatar. */
  readonly armed = new Map<number, GunKind>();
  steps: ArenaSteps | undefined;
}

export function arms({ app, arena, clock, onFrame, ...others }: Context): () => void {
  const context = { app, arena, clock, onFrame, ...others };
  let coming = false;
  let over = false;
  onFrame(() => {
    if (!coming && (app.arena.source !== undefined || clock.changes.some(shoots))) load();
    arena.steps?.aim();
  });

  function load(): void {
    coming = true;
    const code = Promise.all([import("./arena/play"), context.stage.loadArena()]);
    code.then(
      ([{ arenaSteps }, scene]) => {
        if (over) return;
        app.arena.source ??= new RoomArena(context.core, context.replica, () => clock.now_ms);
        arena.steps = arenaSteps(context, scene);
      },
      (error: unknown) => {
        console.warn(error);
        // The next change tries again.
        coming = false;
      },
    );
  }

  return () => {
    over = true;
    arena.steps?.end();
    arena.steps = undefined;
  };
}

export function arena({ arena: at_work, onFrame }: Context): () => void {
  onFrame(() => at_work.steps?.show());
  return () => undefined;
}

function shoots({ record }: Change): boolean {
  return record !== undefined && isOfShooters(record.components);
}

export function isOfShooters(components: JsonObject): boolean {
  const formless = components["collectable"] !== undefined && FORMS.every((name) => components[name] === undefined);
  return formless || COMPONENTS.some((name) => components[name] !== undefined);
}
