/**
 * The things of a room as they are drawn, lit by and bumped into. Entities come as an index with its components.
 *
 * Owns which batch, text, lamp and solid an index has. Must not know people, replica or core; matrices come as one
 * array with 16 floats per index.
 */
import type { Scene } from "@babylonjs/core/scene";
import type { JsonObject } from "../core/json";
import { Batch } from "./batch";
import { type Corners, cornersOf } from "./corners";
import type { Grounding } from "./grounding";
import type { Lamps } from "./lamps";
import { type Look, type ShapeLook, batchKey, halfExtents, isFloor, isSolid, lightOf, lookOf } from "./looks";
import type { Vector } from "./matrix";
import type { Models } from "./models/models";
import { type Roundness, isBroad, paint, sharpen, unitShape } from "./shapes";
import type { Solids } from "./solids";
import type { Surfaces } from "./surfaces";
import { type Texts, textStretch } from "./texts";
import type { ViewCone } from "./view_cone";

/** A text's thickness as something to point at, metres. */
const TEXT_DEPTH_M = 0.01;
/** A lamp without a shape of its own is pointed at as a ball of this diameter, metres. */
const LAMP_GRIP_M = 0.25;

/** A processor draws no more boxes with bevels than these: they are three quarters of its triangles. */
const BEVELS_MAX = 1_000;

/** Things of the surfaces that most rooms have, the most usual first; floors have the plain's. */
const REHEARSED: readonly JsonObject[] = [
  { shape: { kind: "box" } },
  { text: { value: "a" } },
  { shape: { kind: "sphere" }, material: "glossy" },
];
/** Matrices that leave nothing of a thing. */
const NOWHERE = new Float32Array(16 * REHEARSED.length);

interface Part {
  readonly batch: Batch;
  readonly stretch: Vector;
}

/** What bumps and pointing know of a prop. */
interface Touch {
  readonly shape: ShapeLook;
  readonly half: Vector;
  readonly solid: boolean;
  /** What it is instead of a shape, if it was measured. */
  readonly corners?: Corners;
}

interface Prop {
  readonly parts: readonly Part[];
  readonly touch: Touch | undefined;
  readonly floor: boolean;
}

export class Props {
  readonly solids: Solids;
  readonly #scene: Scene;
  readonly #surfaces: Surfaces;
  readonly #texts: Texts;
  readonly #lamps: Lamps;
  readonly #models: Models;
  readonly #grounding: Grounding;
  readonly #roundness: Roundness;
  readonly #batches = new Map<string, Batch>();
  /** Boxes that lost their bevels. */
  readonly #sharp = new Set<Batch>();
  readonly #props = new Map<number, Prop>();
  /** Where a thing is drawn instead while someone here moves it and the room has not answered yet. */
  readonly #overrides = new Map<number, Float32Array>();
  /** Heights of what the room calls a floor, metres. */
  readonly #floors = new Map<number, number>();
  readonly #on_batch: (batch: Batch, casts: boolean) => void;

  /** `onBatch` is told of each new batch and whether it casts shadows. */
  constructor(
    scene: Scene,
    surfaces: Surfaces,
    texts: Texts,
    lamps: Lamps,
    models: Models,
    solids: Solids,
    grounding: Grounding,
    roundness: Roundness,
    onBatch: (batch: Batch, casts: boolean) => void,
  ) {
    this.#grounding = grounding;
    this.#roundness = roundness;
    this.#scene = scene;
    this.#surfaces = surfaces;
    this.#texts = texts;
    this.#lamps = lamps;
    this.#models = models;
    this.solids = solids;
    this.#on_batch = onBatch;
  }

  get count(): number {
    return this.#props.size;
  }

  /** Height of the lowest floor of the room's own, metres; Infinity without one. */
  get lowestFloor(): number {
    return Math.min(Infinity, ...this.#floors.values());
  }

  /** Puts the nth of the usual things into the next picture, too small to be seen, until `endRehearsal`; false when there are no more. */
  rehearse(nth: number): boolean {
    const components = REHEARSED[nth];
    if (components === undefined) return false;
    this.put(nth, components, NOWHERE);
    return true;
  }

  endRehearsal(): void {
    for (const index of REHEARSED.keys()) this.remove(index);
  }

  /** Draws an entity anew by its components. */
  put(index: number, components: JsonObject, matrices: Float32Array): void {
    const look = lookOf(components);
    this.#takeParts(index);
    const prop = { parts: this.#partsOf(look), touch: this.#touchOf(look, components), floor: isFloor(components) };
    for (const { batch } of prop.parts) batch.put(index, look.color, look.alpha);
    if (look.shape?.form === "box") this.#keepCheap(prop.parts[0]?.batch, look);
    this.#props.set(index, prop);
    if (look.shape !== undefined) this.#grounding.put(index, look.shape, look.alpha);
    this.#light(index, components);
    this.#models.put(index, look.model);
    this.move(index, matrices);
  }

  /** Moves an entity to its matrix. */
  move(index: number, matrices: Float32Array): void {
    const prop = this.#props.get(index);
    if (prop === undefined) return;
    const override = this.#overrides.get(index);
    const source = override ?? matrices;
    const from = override === undefined ? index * 16 : 0;
    for (const { batch, stretch } of prop.parts) batch.move(index, source, from, stretch);
    this.#lamps.move(index, source, from);
    this.#models.move(index, source, from);
    if (prop.floor) this.#floors.set(index, source[from + 13] ?? 0);
    if (prop.touch === undefined) return;
    const { shape, half, solid, corners } = prop.touch;
    this.solids.put(index, shape.form, shape.ratio, half, solid, source, from, corners);
    this.#grounding.move(index, shape, half, source, from);
  }

  remove(index: number): void {
    this.#takeParts(index);
    this.#props.delete(index);
    this.#overrides.delete(index);
    this.#lamps.remove(index);
    this.#models.remove(index);
    this.#grounding.remove(index);
  }

  /** Draws an entity at a matrix of one's own until `release`. */
  override(index: number, matrix: Float32Array): void {
    const own = this.#overrides.get(index) ?? new Float32Array(16);
    own.set(matrix);
    this.#overrides.set(index, own);
    this.move(index, own);
  }

  release(index: number, matrices: Float32Array): void {
    if (this.#overrides.delete(index)) this.move(index, matrices);
  }

  /** The matrix of one's own at which an entity is drawn now, if it is overridden. */
  drawnAt(index: number): Float32Array | undefined {
    return this.#overrides.get(index);
  }

  /** Half extents before the entity's own scale, for marks around it. */
  half(index: number): Vector | undefined {
    return this.#props.get(index)?.touch?.half;
  }

  /** Hands the card what changed; true when any shape did, so that shadows may follow. With a `view` of very many only those in it. */
  upload(view: ViewCone | undefined): boolean {
    let changed = false;
    for (const batch of this.#batches.values()) changed = batch.upload(view) || changed;
    this.#texts.upload();
    return changed;
  }

  #partsOf(look: Look): readonly Part[] {
    const parts: Part[] = [];
    if (look.alpha === 0) return parts;
    if (look.shape !== undefined) parts.push({ batch: this.#batch(look.shape, look), stretch: look.shape.size });
    const written = look.text && this.#texts.write(look.text.value, isLight(look.color));
    if (look.text !== undefined && written !== undefined) {
      parts.push({ batch: written.batch, stretch: textStretch(written, look.text.size) });
    }
    return parts;
  }

  /** Where a processor draws, very many boxes are drawn without bevels from then on, and only those in sight. */
  #keepCheap(batch: Batch | undefined, look: Look): void {
    if (this.#roundness === "fine" || batch === undefined || batch.slots.count <= BEVELS_MAX || this.#sharp.has(batch)) return;
    this.#sharp.add(batch);
    sharpen(batch.mesh);
    batch.spare();
    batch.mesh.material = this.#surfaces.material(look.surface, look.alpha < 1);
  }

  #batch(shape: ShapeLook, look: Look): Batch {
    const broad = isBroad(shape.form, shape.size);
    const key = batchKey(shape, look.surface, look.alpha) + (broad ? " broad" : "");
    const known = this.#batches.get(key);
    if (known !== undefined) return known;
    const blended = look.alpha < 1;
    const mesh = unitShape(key, shape.form, shape.ratio, this.#roundness, broad, this.#scene);
    mesh.material = this.#surfaces.material(look.surface, blended, shape.form === "box");
    mesh.receiveShadows = true;
    if (blended) {
      paint(mesh, 1, 1, 1);
      mesh.hasVertexAlpha = true;
    }
    const batch = new Batch(mesh);
    this.#batches.set(key, batch);
    this.#on_batch(batch, !blended && shape.form !== "ground");
    return batch;
  }

  #touchOf(look: Look, components: JsonObject): Touch | undefined {
    const solid = isSolid(components);
    const corners = cornersOf(components["collider"]);
    if (corners !== undefined) return cornered(corners, solid);
    if (look.shape !== undefined) return { shape: look.shape, half: halfExtents(look.shape), solid };
    const written = look.text && this.#texts.write(look.text.value, isLight(look.color));
    if (look.text === undefined || written === undefined) return lampGrip(components);
    const [width, height] = textStretch(written, look.text.size);
    const size: Vector = [width, height, TEXT_DEPTH_M];
    return { shape: { form: "box", ratio: 0, size }, half: [width / 2, height / 2, TEXT_DEPTH_M / 2], solid: false };
  }

  #light(index: number, components: JsonObject): void {
    const light = lightOf(components["light"]);
    if (light === undefined) this.#lamps.remove(index);
    else this.#lamps.put(index, light);
  }

  #takeParts(index: number): void {
    const prop = this.#props.get(index);
    if (prop === undefined) return;
    for (const { batch } of prop.parts) batch.remove(index);
    this.solids.remove(index);
    this.#floors.delete(index);
  }
}

/** Whether a colour is nearer to white than to black: light letters get a dark rim. */
function isLight([red, green, blue]: Vector): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 0.55;
}

/** What was measured; marks around it go as far from its place as its farthest corners do. */
function cornered(corners: Corners, solid: boolean): Touch {
  const half: [number, number, number] = [0, 0, 0];
  corners.points.forEach((part, at) => {
    half[at % 3] = Math.max(half[at % 3] ?? 0, Math.abs(part));
  });
  const size: Vector = [2 * half[0], 2 * half[1], 2 * half[2]];
  return { shape: { form: "box", ratio: 0, size }, half, solid, corners };
}

function lampGrip(components: JsonObject): Touch | undefined {
  if (lightOf(components["light"]) === undefined) return undefined;
  const half = LAMP_GRIP_M / 2;
  const size: Vector = [LAMP_GRIP_M, LAMP_GRIP_M, LAMP_GRIP_M];
  return { shape: { form: "sphere", ratio: 0, size }, half: [half, half, half], solid: false };
}
