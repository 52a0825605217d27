/**
 * Building: point at a thing, click to select it, drag its handles or, along its floor, the thing itself. A dragged thing
 * moves here at once and in the room ten times a second; when the room refuses, it goes back to where the room has it.
 */
import type { Gizmo } from "../core/building";
import { type Json, type JsonObject, member, text } from "../core/json";
import { millimetres } from "../core/things";
import type { LocalPlace } from "../scene/handles";
import type { Sight } from "../scene/stage";
import type { Context } from "./context";
import { Edits } from "./edits";
import { FloorDrag, SNAP_M, SNAP_RAD } from "./floor_drag";
import { Glance } from "./glance";
import { LOOK_KEYS } from "./movement";
import { newSites } from "./sites";

/** Things farther away than this are not pointed at, metres. */
const POINT_REACH_M = 200;
/** How often the thing under a resting pointer is looked for, milliseconds: things move too. */
const POINT_EVERY_MS = 120;
/** Decimals of a rotation or scale that is sent. */
const FINE = 100_000;

const SHIFTS = ["ShiftLeft", "ShiftRight"] as const;
const LOOKING: readonly string[] = [...LOOK_KEYS];

interface Held {
  readonly entity: string;
  readonly index: number;
  readonly edits: Edits<JsonObject>;
}

export function build(context: Context): () => void {
  const { app, core, replica, stage, clock, input, onFrame } = context;
  const matrix = new Float32Array(16);
  const handles = stage.newHandles((done) => dragged(done));
  const glance = new Glance();
  app.building.sites = newSites(context, { drags: dragsAt, showNew: (entity) => (shown = entity) });
  let held: Held | undefined;
  let pointed = -1;
  let next_point_ms = 0;
  let drag: FloorDrag | undefined;
  /** What was added and is to be looked at once it is there. */
  let shown: string | undefined;

  onFrame(() => {
    input.taken = handles.busy || drag !== undefined;
    if (!app.visit.inside || !app.building.build$.value) return rest();
    handles.prepare();
    if (input.pressed.has("Ctrl+D")) void app.building.duplicate();
    if (input.pressed.has("Ctrl+Z")) void app.building.undo();
    look();
    point();
    if (input.click !== undefined && !handles.busy) select(stage.sight(input.click.x, input.click.y));
    if (input.aim !== undefined && input.chooses) select(input.aim);
    showSelected();
    showPointed();
    dragAlong();
    if (held !== undefined && handles.dragging) send(held, false);
  });

  // ---- what was added ---------------------------------------------------------------------------------------------

  /** Whoever adds something sees it, without having to look for it; with a headset the head is theirs. */
  function look(): void {
    const index = shown === undefined ? -1 : replica.index(shown);
    if (index >= 0 && !stage.presented) {
      readMatrix(index);
      glance.begin([matrix[12] ?? 0, matrix[13] ?? 0, matrix[14] ?? 0]);
    }
    if (index >= 0) shown = undefined;
    const { look_x, look_y, sticks, held: keys } = input;
    const looks = look_x !== 0 || look_y !== 0 || sticks.look_x !== 0 || sticks.look_y !== 0 || LOOKING.some((key) => keys.has(key));
    glance.goOn(app.viewer, looks, clock.dt_s);
  }

  // ---- pointing and selecting -------------------------------------------------------------------------------------

  function rest(): void {
    if (pointed < 0 && held === undefined) return;
    pointed = -1;
    held = undefined;
    drag = undefined;
    handles.hide();
    stage.pointed.hide();
    stage.selected.hide();
    app.building.hint$.next("");
  }

  function point(): void {
    if (clock.now_ms < next_point_ms) return;
    next_point_ms = clock.now_ms + POINT_EVERY_MS;
    const sight = sightOf();
    pointed = sight === undefined || handles.busy ? -1 : thingAt(sight);
    tellHint(hintFor(pointed));
  }

  /** Along the pointer on the page; with a headset along the hand. */
  function sightOf(): Sight | undefined {
    const { pointer } = input;
    if (stage.presented) return input.aim;
    return pointer === undefined ? undefined : stage.sight(pointer.x, pointer.y);
  }

  function thingAt({ origin, direction }: Sight): number {
    return stage.solids.cast(...origin, direction, POINT_REACH_M)?.owner ?? -1;
  }

  function select(sight: Sight): void {
    const index = thingAt(sight);
    app.building.select(index < 0 ? null : (replica.id(index) ?? null));
  }

  function hintFor(index: number): string {
    if (index < 0) return "";
    const record = replica.record(index);
    if (record === undefined || record.id === app.building.selection$.value?.entity) return "";
    return `Select ${kindOf(record.components)}`;
  }

  function tellHint(hint: string): void {
    if (hint !== app.building.hint$.value) app.building.hint$.next(hint);
  }

  // ---- showing ----------------------------------------------------------------------------------------------------

  function showSelected(): void {
    const entity = app.building.selection$.value?.entity;
    const index = entity === undefined ? -1 : replica.index(entity);
    if (entity === undefined || index < 0) {
      held = undefined;
      handles.hide();
      return stage.selected.hide();
    }
    if (held?.entity !== entity || held.index !== index) held = { entity, index, edits: new Edits() };
    readMatrix(index);
    // Handles are for a pointer on the page.
    if (stage.presented || isLocked(entity)) handles.hide();
    else handles.show(app.building.gizmo$.value, matrix, 0);
    handles.snap(isFree() ? 0 : SNAP_M, isFree() ? 0 : SNAP_RAD);
    frame(stage.selected, index);
  }

  function showPointed(): void {
    if (pointed < 0 || pointed === held?.index) return stage.pointed.hide();
    readMatrix(pointed);
    frame(stage.pointed, pointed);
  }

  /** Where a thing is drawn now: under our hands where we have it, else where the room has it. */
  function readMatrix(index: number): void {
    const drawn = stage.props.drawnAt(index);
    if (drawn !== undefined) matrix.set(drawn);
    else matrix.set(core.matrices().subarray(index * 16, index * 16 + 16));
  }

  function frame(mark: typeof stage.selected, index: number): void {
    const half = stage.props.half(index);
    if (half === undefined) return mark.hide();
    const [x, y, z] = stage.eye;
    mark.show(matrix, 0, half, Math.hypot((matrix[12] ?? 0) - x, (matrix[13] ?? 0) - y, (matrix[14] ?? 0) - z));
  }

  // ---- dragging ---------------------------------------------------------------------------------------------------

  /** Whether a place of the window is on a handle or on the selected thing itself. */
  function dragsAt(x: number, y: number): boolean {
    if (held === undefined || isLocked(held.entity)) return false;
    return handles.isAt(x, y) || thingAt(stage.sight(x, y)) === held.index;
  }

  function isLocked(entity: string): boolean {
    return replica.components(entity)?.["locked"] === true;
  }

  /** With Shift things are dragged and turned freely. */
  function isFree(): boolean {
    return SHIFTS.some((key) => input.held.has(key));
  }

  /** A press on the selected thing itself drags it along its floor. */
  function dragAlong(): void {
    const { pointer } = input;
    if (!input.drags || held === undefined || pointer === undefined || handles.busy) {
      if (drag !== undefined && held !== undefined) letGo();
      drag = undefined;
      return;
    }
    const sight = stage.sight(pointer.x, pointer.y);
    readMatrix(held.index);
    drag ??= begun(sight);
    const at = drag?.at(sight, isFree());
    if (at === undefined) return;
    [matrix[12], matrix[13], matrix[14]] = at;
    handles.place(matrix, 0);
    moveTo("move");
    send(held, false);
  }

  function begun({ origin, direction }: Sight): FloorDrag | undefined {
    const hit = stage.solids.cast(...origin, direction, POINT_REACH_M);
    if (hit?.owner !== held?.index || hit === undefined) return undefined;
    const far = hit.distance_m;
    const grip = [origin[0] + direction[0] * far, origin[1] + direction[1] * far, origin[2] + direction[2] * far] as const;
    return new FloorDrag(grip, [matrix[12] ?? 0, matrix[13] ?? 0, matrix[14] ?? 0]);
  }

  function letGo(): void {
    if (held !== undefined) send(held, true);
  }

  function dragged(done: boolean): void {
    if (held === undefined) return;
    handles.world(matrix);
    moveTo(app.building.gizmo$.value);
    if (done) send(held, true);
  }

  /** Shows the thing at `matrix`, where the handles are, and has that sent. */
  function moveTo(kind: Gizmo): void {
    if (held === undefined) return;
    const { entity, index, edits } = held;
    stage.props.override(index, matrix);
    const parent = parentOf(replica.components(entity));
    const at = parent === undefined ? -1 : replica.index(parent);
    // Copied: the next call into the core may move its memory.
    const above = at < 0 ? undefined : core.matrices().slice(at * 16, at * 16 + 16);
    edits.put(changedBy(kind, handles.local(above, 0)));
  }

  function send({ entity, index, edits }: Held, last: boolean): void {
    const components = edits.take(clock.now_ms, last);
    if (components === undefined) return;
    void app.building.update(entity, components).then(() => {
      const settled = edits.answered() && !handles.dragging && drag === undefined;
      if (settled) stage.props.release(index, core.matrices());
    });
  }

  return () => {
    app.building.sites = undefined;
    handles.dispose();
  };
}

/** The components a kind of handle changes, rounded to what people read. */
function changedBy(kind: Gizmo, { position, rotation, scale }: LocalPlace): JsonObject {
  const fine = (part: number) => Math.round(part * FINE) / FINE;
  switch (kind) {
    case "move":
      return { position: position.map(millimetres) };
    case "rotate":
      return { rotation: rotation.map(fine) };
    case "scale":
      // Scaling by a handle on one side moves the middle too.
      return { scale: scale.map(fine), position: position.map(millimetres) };
  }
}

function parentOf(components: JsonObject | undefined): string | undefined {
  return text(member(components?.["parent"] as Json | undefined, "entity"));
}

/** What people call a thing. */
function kindOf(components: JsonObject): string {
  const name = text(components["name"]);
  if (name !== undefined && name !== "") return name;
  const shape = text(member(components["shape"], "kind"));
  if (shape !== undefined) return shape;
  if (components["text"] !== undefined) return "text";
  return components["light"] === undefined ? "thing" : "light";
}
