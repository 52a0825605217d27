/**
 * What the visitor holds made larger and smaller: shown at once, and told to the room ten times a second. Pure; time is an
 * argument.
 */
import type { ClientCore } from "../core/core-types";
import { SCALE_MAX, SCALE_MIN } from "../core/generated";
import type { Holding } from "../core/holding";
import { type JsonObject, number, numbers } from "../core/json";
import type { Replica } from "../core/replica";
import { type Vector, copyStretched } from "../scene/matrix";
import type { Props } from "../scene/props";
import { Edits } from "./edits";

/** How large a thing is, or shall be. */
interface Size {
  readonly entity: string;
  readonly scale: Vector;
}

export class Scaling {
  readonly #core: ClientCore;
  readonly #replica: Replica;
  readonly #holding: Holding;
  readonly #props: Pick<Props, "override" | "release">;
  readonly #matrix = new Float32Array(16);
  #edits = new Edits<Size>();
  /** What is being changed, as large as it was at the beginning; nothing any more once the room has refused. */
  #from: Size | undefined;
  /** Shown until the room has answered. */
  #wanted: Size | undefined;
  #shown_index = -1;

  constructor(core: ClientCore, replica: Replica, holding: Holding, props: Pick<Props, "override" | "release">) {
    this.#core = core;
    this.#replica = replica;
    this.#holding = holding;
    this.#props = props;
  }

  /** Begins to change a thing, as large as it is seen. */
  begin(entity: string, now_ms: number): void {
    if (this.#wanted !== undefined && this.#wanted.entity !== entity) {
      this.#send(now_ms, true);
      this.forget();
    }
    this.#from = this.#wanted ?? { entity, scale: scaleOf(this.#replica.components(entity)) };
  }

  /** It shall be so many times as large as at the beginning. */
  by(factor: number, now_ms: number): void {
    if (this.#from === undefined) return;
    const { entity, scale } = this.#from;
    this.#wanted = { entity, scale: scaledBy(scale, factor) };
    this.#edits.put(this.#wanted);
    this.#send(now_ms, false);
  }

  /** Sends what could not be sent yet, and shows how large the thing shall be; once a frame. */
  goOn(now_ms: number): void {
    this.#send(now_ms, false);
    this.#show();
  }

  /** It stays as large as it is now. */
  end(now_ms: number): void {
    this.#send(now_ms, true);
    this.#from = undefined;
  }

  /** It is not the visitor's to change any more: what has not been sent never is. */
  forget(): void {
    this.#edits = new Edits();
    this.#from = this.#wanted = undefined;
  }

  /** Ends with nobody there to show anything. */
  leave(now_ms: number): void {
    this.end(now_ms);
    this.#wanted = undefined;
    this.#show();
  }

  #send(now_ms: number, last: boolean): void {
    const edits = this.#edits;
    const size = edits.take(now_ms, last);
    if (size === undefined) return;
    void this.#holding.resize(size.entity, size.scale).then(({ ok }) => {
      const settled = edits.answered();
      if (edits !== this.#edits) return;
      if (!ok) this.forget();
      else if (settled) this.#wanted = undefined;
    });
  }

  #show(): void {
    const index = this.#wanted === undefined ? -1 : this.#replica.index(this.#wanted.entity);
    if (this.#shown_index >= 0 && this.#shown_index !== index) this.#props.release(this.#shown_index, this.#core.matrices());
    this.#shown_index = index;
    if (this.#wanted === undefined || index < 0) return;
    const { entity, scale } = this.#wanted;
    const [tx, ty, tz] = scaleOf(this.#replica.components(entity));
    const stretch: Vector = [ratio(scale[0], tx), ratio(scale[1], ty), ratio(scale[2], tz)];
    copyStretched(this.#matrix, 0, this.#core.matrices(), index * 16, stretch);
    this.#props.override(index, this.#matrix);
  }
}

/** Whether whoever holds a thing of these components may make it larger and smaller. */
export function isScalable(components: JsonObject | undefined): boolean {
  const scalable = components?.["two_hand_scalable"];
  return scalable !== undefined && scalable !== false;
}

/** So many times as large on all axes alike, as far as the room lets the smallest and the largest of them go. */
export function scaledBy(scale: Vector, factor: number): Vector {
  const [x, y, z] = [limited(scale[0]), limited(scale[1]), limited(scale[2])];
  const most = SCALE_MAX / Math.max(x, y, z);
  const share = Math.min(most, Math.max(SCALE_MIN / Math.min(x, y, z), factor));
  return [x * share, y * share, z * share];
}

/** A mirrored thing keeps its size and is mirrored no more: the room knows no other way. */
function limited(part: number): number {
  return Math.min(SCALE_MAX, Math.max(SCALE_MIN, Math.abs(part)));
}

function scaleOf(components: JsonObject | undefined): Vector {
  const scale = components?.["scale"];
  const [x = 1, y = 1, z = 1] = numbers(scale, 3) ?? Array.from({ length: 3 }, () => number(scale) ?? 1);
  return [x, y, z];
}

/** What has no size cannot be stretched. */
function ratio(wanted: number, told: number): number {
  return told === 0 ? 1 : wanted / told;
}
