/**
 * What building asks of the room's places: where something fits, how large it is, what hangs on it. Types only; the
 * systems, which know the room's solids, answer.
 */
import type { JsonObject } from "./json";

/** A place on a floor, metres. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** What something takes of a floor: half its width and its height, metres. */
export interface Foot {
  readonly radius_m: number;
  readonly height_m: number;
}

/** An entity with its components. */
export interface Thing {
  readonly entity: string;
  readonly components: JsonObject;
}

/** A thing in the list of all, and whether people will find it. */
export interface ListedThing extends Thing {
  readonly distance_m: number;
  /** Why it is not seen, if it is not. */
  readonly lost: "tiny" | "below" | "far" | undefined;
}

export interface Sites {
  /** The free place nearest to where the visitor looks. */
  ahead(foot: Foot): Spot;
  /** The free place nearest to another one. */
  free(at: Spot, foot: Foot): Spot;
  /** Where a copy of a thing is free beside it, to the visitor's right; undefined for one without a place of its own. */
  beside(entity: string): Spot | undefined;
  /** A thing from end to end, metres. */
  extent_m(entity: string): number;
  /** A thing and all that hangs on it, what others hang on first. */
  group(entity: string): readonly Thing[];
  /** All things, nearest first. */
  things(): readonly ListedThing[];
  /** Whether a finger at a place of the window is on a handle, or on the selected thing: it drags that. */
  drags(x_px: number, y_px: number): boolean;
  /** Turns the eyes to a thing that has just been added, unless it is seen well. */
  showNew(entity: string): void;
}
