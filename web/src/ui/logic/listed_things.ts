/** The things of a room as a list to choose from. Pure. */
import type { ListedThing } from "../../core/sites";
import { folded, shown } from "../../core/writing";
import { formatNumber } from "./numbers";
import { selectionFields } from "./selection";

/** Rows that are made at once: nobody reads on, and finding is quicker. */
export const ROWS_MAX = 60;

export interface ThingRow {
  readonly entity: string;
  readonly name: string;
  /** Where it is, or why it is not seen. */
  readonly aside: string;
  /** It is brought before the visitor instead of being looked for. */
  readonly lost: boolean;
  readonly locked: boolean;
}

const LOST: { readonly [why in NonNullable<ListedThing["lost"]>]: string } = {
  tiny: "too small to see",
  below: "below the floor",
  far: "very far away",
};

/** The rows whose name has the sought words; what nobody finds otherwise comes first, then what is nearest. */
export function thingRows(things: readonly ListedThing[], sought: string): readonly ThingRow[] {
  const words = folded(sought);
  const rows = things.map(rowOf).filter(({ name, aside }) => folded(`${name} ${aside}`).includes(words));
  return [...rows.filter(({ lost }) => lost), ...rows.filter(({ lost }) => !lost)];
}

function rowOf({ entity, components, distance_m, lost }: ListedThing): ThingRow {
  const { title, name, text } = selectionFields({ entity, components });
  const called = shown(name || (text ?? "")).replace(/\s+/g, " ").trim();
  return {
    entity,
    name: called === "" ? title : called,
    aside: lost === undefined ? `${formatNumber(distance_m, distance_m < 10 ? 1 : 0)} m` : LOST[lost],
    lost: lost !== undefined,
    locked: components["locked"] === true,
  };
}
