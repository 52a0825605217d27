/**
 * A frame, as one list: what happens from top to bottom, sixty or more times a second, whoever shows the room.
 */
import type { FrameTimes } from "../core/frame_times";
import type { Session } from "../core/session";
import type { Stage } from "../scene/stage";
import { ArenaAtWork, arena, arms } from "./arena";
import { avatars } from "./avatars";
import { broker } from "./broker";
import { build } from "./build";
import { type Context, FRAME_MAX_S, type FrameClock, type System } from "./context";
import { newControls } from "./controls";
import { detail } from "./detail";
import { effects } from "./effects";
import { entities } from "./entities";
import { graphics } from "./graphics";
import { locomotion } from "./locomotion";
import { orbit } from "./orbit";
import { pickups } from "./pickups";
import { pose } from "./pose";
import { reach } from "./reach";
import { rest } from "./rest";
import { screens } from "./screens";
import { seats } from "./seats";
import { Sockets } from "./sockets";
import { stats } from "./stats";
import { transmit } from "./transmit";
import { use } from "./use";
import { vitals } from "./vitals";
import { voices } from "./voices";
import { Worn, worn } from "./worn";

/** The order of a frame. */
const FRAME: readonly System[] = [
  broker, //     what the room told since the last frame
  vitals, //     how the visitor fares in a game
  entities, //   things appear, move, change, go
  worn, //       what a headset adds: where its hands point, and who uses that
  arms, //       what one shoots with; a press that shoots uses nothing
  use, //        what the thing under the pointer is good for: sitting, holding, triggering; a key it uses moves nobody
  seats, //      where the visitor sits
  locomotion, // keys and touch become a step of the visitor
  pickups, //    what is walked over
  orbit, //      behind the lobby the room turns instead
  avatars, //    the others, where they are now
  arena, //      monsters, shots, weapons in hands and on the floor
  build, //      pointing, selecting, dragging
  pose, //       where the visitor is, for the others
  screens, //    what people share, on the screens of the room
  voices, //     from where the others are heard
  effects, //    what the room's rules play, from where it is
  reach, //      whom one's own voice reaches: a table, the whole room
  transmit, //   everything that waits goes out
  rest, //       whether there is anything new to draw
  detail, //     less detail before fewer frames
  graphics, //   what if there is nothing to draw with
  stats, //      numbers of the connection, once a second
];

/** The systems at work. */
export interface Running {
  /** Adds a headset's systems to the frame until the returned function is called. */
  wear(systems: readonly System[]): () => void;
  /** Ends all in reverse. */
  end(): void;
}

/** Starts all systems and notes what frames cost. */
export function startSystems(session: Session, stage: Stage, times: FrameTimes): Running {
  const clock: FrameClock = { now_ms: performance.now(), dt_s: 0, changes: [], people: { near: 0, mid: 0, far: 0 } };
  const controls = newControls(stage.canvas, session.app);
  const steps: (() => void)[] = [];
  const context: Context = {
    app: session.app,
    session,
    core: session.core,
    replica: session.replica,
    stage,
    clock,
    times,
    input: controls.input,
    sockets: new Sockets(),
    worn: new Worn(),
    arena: new ArenaAtWork(),
    onFrame: (step) => void steps.push(step),
  };
  const ends = FRAME.map((system) => system(context));
  const work = () => {
    controls.begin();
    for (const step of steps) step();
  };
  const stop = stage.run(
    (now_ms) => {
      const from_ms = performance.now();
      begin(clock, now_ms);
      session.guarded(work);
      times.ran(clock.now_ms, performance.now() - from_ms);
    },
    (render_ms) => times.drawn(render_ms),
  );
  return {
    wear: (systems) => context.worn.start(systems, context),
    end: () => {
      stop();
      for (const end of ends.reverse()) end();
      controls.dispose();
    },
  };
}

/** Time goes on, never back: the clocks of page and headset differ by a few milliseconds. */
function begin(clock: FrameClock, now_ms: number): void {
  const next_ms = Math.max(clock.now_ms, now_ms);
  clock.dt_s = Math.min(FRAME_MAX_S, (next_ms - clock.now_ms) / 1_000);
  clock.now_ms = next_ms;
}
