/**
 * Models to place: what the server offers, and what a thing bumps into that shows one.
 *
 * Who draws is asked to measure; a model is placed when it has been fetched and measured, so that nobody places what cannot be
 * shown. Must not know the scene.
 */
import { BehaviorSubject } from "rxjs";
import type { Building, Selection } from "./building";
import { type Reply, refused } from "./commands";
import { type Json, type JsonObject, member, number, text } from "./json";
import type { Foot } from "./sites";
import { footAhead, millimetres } from "./things";
import { type Viewer, lookQuaternion } from "./viewer";

/** A model of the server's. */
export interface Offered {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
}

/** What a thing that shows a model may bump into. */
export type Bumps = "nothing" | "hull" | "skin";

/** A model as it stands. */
export interface Measured {
  readonly hull: JsonObject | undefined;
  /** Undefined where it has too many triangles. */
  readonly skin: JsonObject | undefined;
  /** From its place down to its lowest point, metres. */
  readonly below_m: number;
  readonly foot: Foot;
}

/** Fetches a model and measures it; rejects with words for one that cannot be shown. */
export type Measure = (url: string) => Promise<Measured>;

export class Models {
  /** Null until they are known. */
  readonly offered$ = new BehaviorSubject<readonly Offered[] | null>(null);
  /** Given by who draws. */
  measure: Measure = () => Promise.reject(new Error("nothing is drawn here"));
  readonly #building: Building;
  readonly #viewer: Viewer;

  constructor(building: Building, viewer: Viewer) {
    this.#building = building;
    this.#viewer = viewer;
  }

  /** Asks the server anew. */
  async refresh(): Promise<void> {
    const answer = await fetch("/api/v1/models").catch(() => undefined);
    const told: unknown = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
    this.offered$.next(offeredIn(told as Json | undefined));
  }

  /** Places a model on free floor near where the visitor looks, and selects it. */
  async place(url: string, name: string): Promise<Reply> {
    const measured = await this.#measured(url);
    if ("ok" in measured) return measured;
    const spot = this.#building.sites?.ahead(measured.foot) ?? footAhead(this.#viewer);
    const position = [spot.x, spot.y + measured.below_m, spot.z];
    const rotation = lookQuaternion(this.#viewer.yaw + Math.PI, 0);
    const components: JsonObject = { name, model: { url }, position: position.map(millimetres), rotation };
    return await this.#building.makeSelected(measured.hull === undefined ? components : { ...components, collider: measured.hull });
  }

  /** Has the selected thing bump into what it shows, or into nothing. */
  async bump({ entity, components }: Selection, bumps: Bumps): Promise<Reply> {
    if (bumps === "nothing") return await this.#building.update(entity, { collider: false });
    const measured = await this.#measured(text(member(components["model"], "url")) ?? "");
    if ("ok" in measured) return measured;
    const { [bumps]: collider } = measured;
    if (collider !== undefined) return await this.#building.update(entity, { collider });
    return refused("bad_payload", bumps === "skin" ? "It has too many triangles for that; its hull will do." : "There is nothing in it.");
  }

  async #measured(url: string): Promise<Measured | Reply> {
    return await this.measure(url).catch((error: Error) => refused("bad_payload", `The model cannot be shown: ${error.message}.`));
  }
}

/** What a thing's collider makes of its model. */
export function bumpsOf(collider: Json | undefined): Bumps {
  const shape = text(member(collider, "shape"));
  if (shape === "trimesh") return "skin";
  return shape === "convex" ? "hull" : "nothing";
}

function offeredIn(told: Json | undefined): readonly Offered[] {
  const list = member(told, "models");
  return (Array.isArray(list) ? list : []).flatMap((each) => {
    const [name, url, bytes] = [text(member(each, "name")), text(member(each, "url")), number(member(each, "bytes"))];
    return name === undefined || url === undefined ? [] : [{ name, url, bytes: bytes ?? 0 }];
  });
}
