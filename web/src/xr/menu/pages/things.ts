/** Making things and changing the one that is selected. Pure: state in, rows out. */
import type { Selection } from "../../../core/building";
import type { Json } from "../../../core/json";
import { millimetres } from "../../../core/things";
import type { Vector3 } from "../../../ui/logic/rotation";
import { INTERACTIONS, type InteractionInfo, isGiven } from "../../../ui/logic/interactions";
import { KINDS } from "../../../ui/logic/shape_words";
import { rotationComponent, selectionFields, textComponent, withPart } from "../../../ui/logic/selection";
import { formatNumber } from "../../../ui/logic/numbers";
import type { Button, Page, Row } from "../rows";
import type { Desk } from "../state";

/** The room takes names and lines this long; the page asks for no more either. */
const NAME_CHARS_MAX = 80;
const TEXT_CHARS_MAX = 200;
/** What a step moves, turns and scales by. */
const MOVE_M = 0.1;
const TURN_DEG = 15;
const GROW = 1.1;
const SIZE = { min: 0.05, max: 50 };
const FADE = 0.1;
/** Models that fit on the menu. */
const MODELS_MAX = 10;

export function things(desk: Desk): Page {
  const selection = desk.app.building.selection$.value;
  if (selection === null) {
    if (desk.state.facet !== "models") return { rows: adding(desk), below: [taking(desk, [])] };
    const shapes: Button = { words: "Shapes", icon: "back", act: () => desk.go({ facet: "looks" }) };
    return { rows: modelling(desk), below: [taking(desk, [shapes])] };
  }
  const done: Button = { words: "Done", icon: "check", act: () => desk.app.building.select(null) };
  const asked = desk.app.building.asked$.value;
  if (asked !== null) return { rows: doubting(desk, asked.words) };
  const { facet } = desk.state;
  if (facet === "looks" || facet === "models") return { rows: looks(desk, selection), below: [taking(desk, [done])] };
  const back: Button = { words: "Look", icon: "back", act: () => desk.go({ facet: "looks" }) };
  const rows = facet === "place" ? placing(desk, selection) : uses(desk, selection);
  return { rows, below: [taking(desk, [back, done])] };
}

/** Before something goes that many would miss. */
function doubting({ app, attempt }: Desk, words: string): readonly Row[] {
  const answer = (yes: boolean) => (): void => void attempt(app.building.answer(yes));
  return [
    { kind: "title", words: "Delete this?" },
    { kind: "words", words, tone: "soft" },
    {
      kind: "buttons",
      columns: 2,
      buttons: [
        { words: "Keep it", icon: "check", act: answer(false) },
        { words: "Delete", icon: "trash", face: "danger", act: answer(true) },
      ],
    },
  ];
}

function adding({ app, attempt, around, go }: Desk): readonly Row[] {
  const models: Button = {
    words: "Models",
    icon: "build",
    act: () => {
      void app.models.refresh();
      go({ facet: "models" });
    },
  };
  const button = ({ kind, words }: (typeof KINDS)[number]): Button => ({ words, icon: kind, act: () => void attempt(app.building.add(kind, around.beside())) });
  const buttons = KINDS.filter(({ note }) => note === undefined).map(button);
  // What has to be explained has a longer name, too.
  const wide = KINDS.filter(({ note }) => note !== undefined).map(button);
  return [
    { kind: "title", words: "Put something beside this menu" },
    { kind: "buttons", columns: 3, buttons: [...buttons, models] },
    { kind: "buttons", columns: 2, buttons: wide },
    { kind: "words", words: "Or point at something in the room and pull the trigger, to change it.", tone: "soft" },
  ];
}

/** The server's models; one is placed where it is free before the visitor. */
function modelling({ app, attempt }: Desk): readonly Row[] {
  const offered = app.models.offered$.value;
  const buttons = (offered ?? []).slice(0, MODELS_MAX).map(({ name, url }): Button => ({ words: name, icon: "build", act: () => void attempt(app.models.place(url, name)) }));
  const none = offered === null ? "Asking the server…" : "This server offers no models.";
  if (buttons.length === 0) return [{ kind: "title", words: "Models" }, { kind: "words", words: none, tone: "soft" }];
  const more = (offered?.length ?? 0) - buttons.length;
  const rest: readonly Row[] = more > 0 ? [{ kind: "words", words: `${more} more are in the page's Build drawer.`, tone: "soft" }] : [];
  return [{ kind: "title", words: "Place a model" }, { kind: "buttons", columns: 2, buttons }, ...rest];
}

/** What stands under everything: taking the last change back. */
function taking({ app, attempt }: Desk, others: readonly Button[]): Row {
  const enabled = app.building.undoable.count$.value > 0;
  const undo: Button = { words: "Undo", icon: "undo", enabled, act: () => void attempt(app.building.undo()) };
  return { kind: "buttons", buttons: [undo, ...others] };
}

function looks(desk: Desk, selection: Selection): readonly Row[] {
  const { app, attempt } = desk;
  const fields = selectionFields(selection);
  const set = (name: string, value: Json): Promise<boolean> => attempt(app.building.update(selection.entity, { [name]: value }));
  const name: Row = {
    kind: "field",
    words: `Name of this ${fields.title.toLowerCase()}`,
    value: fields.name,
    invites: "No name",
    edit: () => write(desk, "Name", fields.name, NAME_CHARS_MAX, (text) => set("name", text)),
  };
  const text: Row = {
    kind: "field",
    words: "Text",
    value: fields.text ?? "",
    invites: "Nothing is written",
    edit: () => write(desk, "Text", fields.text ?? "", TEXT_CHARS_MAX, (value) => set("text", textComponent(selection, { value }))),
  };
  return [
    name,
    ...(fields.text === null ? [] : [text]),
    { kind: "swatches", words: "Colour", value: fields.color, choose: (color) => void attempt(app.building.paint(color)) },
    {
      kind: "buttons",
      columns: 2,
      buttons: [
        { words: "Place", icon: "move", act: () => desk.go({ facet: "place" }) },
        { words: "Uses", icon: "people", act: () => desk.go({ facet: "uses" }) },
        { words: "Duplicate", icon: "duplicate", act: () => void attempt(app.building.duplicate()) },
        { words: "Delete", icon: "trash", face: "danger", act: () => void attempt(app.building.remove()) },
      ],
    },
  ];
}

function write(desk: Desk, title: string, value: string, chars_max: number, send: (text: string) => Promise<boolean>): void {
  desk.write({ title, invites: title, value, chars_max, send_words: "Save", error: () => null, send });
}

/** What people may do with it. */
function uses({ app, attempt }: Desk, { entity, components }: Selection): readonly Row[] {
  const row = (info: InteractionInfo): Row => {
    const set = (on: boolean): void => void attempt(app.building.allow(entity, info, on));
    return { kind: "switch", words: info.words, on: isGiven(info, components), set };
  };
  return [{ kind: "title", words: "People may" }, ...INTERACTIONS.map(row)];
}

/** Moved as the visitor sees it: to their right, up, away from them. */
function placing(desk: Desk, selection: Selection): readonly Row[] {
  const { app, attempt, around } = desk;
  const { position, rotation_deg, scale, visibility } = selectionFields(selection);
  const set = (name: string, value: Json): void => void attempt(app.building.update(selection.entity, { [name]: value }));
  const move = (right: number, up: number, away: number): void => {
    const { yaw } = around.viewer;
    const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
    const [x, y, z] = position;
    set("position", [x + right * cos + away * sin, y + up, z - right * sin + away * cos].map(millimetres));
  };
  const grow = (sign: 1 | -1): void => {
    const factor = sign > 0 ? GROW : 1 / GROW;
    const sizes = scale.map((part) => part * factor);
    if (sizes.every((part) => Math.abs(part) >= SIZE.min && Math.abs(part) <= SIZE.max)) set("scale", sizes.map(millimetres));
  };
  const turn = (sign: 1 | -1): void => set("rotation", rotationComponent(withPart(rotation_deg, 1, rotation_deg[1] + sign * TURN_DEG)));
  const fade = (sign: 1 | -1): void => set("visibility", Math.min(1, Math.max(FADE, millimetres(visibility + sign * FADE))));
  return [
    { kind: "steps", words: "Left, right", shown: "10 cm", step: (sign) => move(sign * MOVE_M, 0, 0) },
    { kind: "steps", words: "Down, up", shown: metres(position, 1), step: (sign) => move(0, sign * MOVE_M, 0) },
    { kind: "steps", words: "Nearer, farther", shown: "10 cm", step: (sign) => move(0, 0, sign * MOVE_M) },
    { kind: "steps", words: "Turn", shown: `${formatNumber(rotation_deg[1], 0)}°`, step: turn },
    { kind: "steps", words: "Size", shown: `${formatNumber(scale[1], 2)}×`, step: grow },
    { kind: "steps", words: "Visible", shown: `${Math.round(visibility * 100)} %`, step: fade },
  ];
}

function metres(position: Vector3, axis: 0 | 1 | 2): string {
  return `${formatNumber(position[axis], 2)} m`;
}
