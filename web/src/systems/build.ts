/**
 * Building: point at a thing, click to select it, drag its handles. A dragged thing moves here at once and in the room
 * ten times a second; when the room refuses, it goes back to where the room has it.
 */
import type { Gizmo } from "../core/building";
import { type Json, type JsonObject, member, text } from "../core/json";
import { millimetres } from "../core/things";
import type { LocalPlace } from "../scene/handles";
import type { Sight } from "../scene/stage";
import type { Context } from "./context";
import { Edits } from "./edits";

/** Things farther away than this are not pointed at, metres. */
const POINT_REACH_M = 200;
/** How often the thing under a resting pointer is looked for, milliseconds: things move too. */
const POINT_EVERY_MS = 120;
/** Decimals of a rotation or scale that is sent. */
const FINE = 100_000;

interface Held {
  readonly entity: string;
  readonly index: number;
  readonly edits: Edits<JsonObject>;
}

export function build(context: Context): () => void {
  const { app, core, replica, stage, clock, input, onFrame } = context;
  const matrix = new Float32Array(16);
  const handles = stage.newHandles((done) => dragged(done));
  let held: Held | undefined;
  let pointed = -1;
  let next_point_ms = 0;

  onFrame(() => {
    input.taken = handles.busy;
    if (!app.visit.inside || !app.building.build$.value) return rest();
    if (input.pressed.has("Ctrl+D")) void app.building.duplicate();
    if (input.pressed.has("Ctrl+Z")) void app.building.undo();
    point();
    if (input.click !== undefined && !handles.busy) select(stage.sight(input.click.x, input.click.y));
    if (input.aim !== undefined && input.chooses) select(input.aim);
    showSelected();
    showPointed();
    if (held !== undefined && handles.dragging) send(held, false);
  });

  // ---- pointing and selecting -------------------------------------------------------------------------------------

  function rest(): void {
    if (pointed < 0 && held === undefined) return;
    pointed = -1;
    held = undefined;
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
    if (stage.presented) handles.hide();
    else handles.show(app.building.gizmo$.value, matrix, 0);
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

  function dragged(done: boolean): void {
    if (held === undefined) return;
    const { entity, index, edits } = held;
    handles.world(matrix);
    stage.props.override(index, matrix);
    const parent = parentOf(replica.components(entity));
    const at = parent === undefined ? -1 : replica.index(parent);
    // Copied: the next call into the core may move its memory.
    const above = at < 0 ? undefined : core.matrices().slice(at * 16, at * 16 + 16);
    edits.put(changedBy(app.building.gizmo$.value, handles.local(above, 0)));
    if (done) send(held, true);
  }

  function send({ entity, index, edits }: Held, last: boolean): void {
    const components = edits.take(clock.now_ms, last);
    if (components === undefined) return;
    void app.building.update(entity, components).then(() => {
      const settled = edits.answered() && !handles.dragging;
      if (settled) stage.props.release(index, core.matrices());
    });
  }

  return () => handles.dispose();
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
