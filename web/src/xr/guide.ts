/** A plate that tells a newcomer what their sticks do, until they have done it. */
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Side } from "../core/headset_settings";
import type { HeadsetContext } from "./frame";
import { LESSONS, type Lesson, lessonLines } from "./lessons";
import { newPlate } from "./plate";
import { headingOf } from "./stance";

/** Where the plate hangs: ahead of the first look, below the eyes, metres; its lines' height. */
const PLATE_M = { ahead: 1.4, below: 0.38, line: 0.05 };
/** A stick that is pushed this far is used. */
const USED_FROM = 0.5;

export function guide({ app, stage, pointer, push, reading, onFrame }: HeadsetContext): () => void {
  const { rig } = stage;
  const { settings$ } = app.preferences;
  let open: readonly Lesson[] = settings$.value.headset.shown_around ? [] : LESSONS;
  let plate: Mesh | undefined;
  let shown: readonly string[] = [];
  /** For whom the words are. */
  let [dominant, bare_hands]: [Side, boolean] = ["right", false];
  let stale = true;

  onFrame(() => {
    plate?.setEnabled(!reading.menu && !reading.banner);
    if (open.length === 0 || !rig.tracked || pointer.hand === undefined || !pointer.aims) return;
    learn();
    const { headset } = settings$.value;
    const bare = pointer.hand.jointed;
    if (!stale && headset.dominant === dominant && bare === bare_hands) return;
    [dominant, bare_hands, stale] = [headset.dominant, bare, false];
    write(lessonLines(open, dominant, bare_hands));
  });

  function learn(): void {
    const { stick } = settings$.value.headset.dominant === "right" ? rig.left : rig.right;
    if (Math.hypot(stick[0] ?? 0, stick[1] ?? 0) > USED_FROM) done("walk");
    if (push.began && (push.way === "left" || push.way === "right")) done("turn");
    if ((push.ended && push.was === "ahead") || (bare_hands && pointer.released)) done("teleport");
  }

  function done(lesson: Lesson): void {
    if (!open.includes(lesson)) return;
    open = open.filter((other) => other !== lesson);
    stale = true;
    if (open.length > 0) return;
    write([]);
    const settings = settings$.value;
    settings$.next({ ...settings, headset: { ...settings.headset, shown_around: true } });
  }

  function write(lines: readonly string[]): void {
    if (lines.join() === shown.join()) return;
    shown = lines;
    const before = plate;
    plate = lines.length === 0 ? undefined : newPlate(stage, lines, PLATE_M.line);
    if (plate !== undefined) hang(plate, before);
    before?.dispose(false, true);
  }

  /** On the floor that goes along with the visitor: they may look away from it and find it again. */
  function hang(plate: Mesh, before: Mesh | undefined): void {
    plate.parent = stage.floor;
    plate.setEnabled(true);
    if (before !== undefined) {
      plate.position.copyFrom(before.position);
      plate.rotation.copyFrom(before.rotation);
      return;
    }
    const heading = headingOf(rig.head);
    const [x = 0, y = 0, z = 0] = rig.head;
    plate.position.set(x + Math.sin(heading) * PLATE_M.ahead, y - PLATE_M.below, z + Math.cos(heading) * PLATE_M.ahead);
    // Leaning back a little, towards the eyes.
    plate.rotation.set(Math.atan2(PLATE_M.below, PLATE_M.ahead), heading, 0);
  }

  return () => plate?.dispose(false, true);
}
