/**
 * A room of things for tests: a core that says where they are shown and remembers what it was asked to show.
 */
import type { ClientCore } from "../../core/core-types";
import { INTERACTION } from "../../core/generated";
import { type JsonObject, member, text } from "../../core/json";
import { Replica } from "../../core/replica";
import { type Vector, composePose } from "../../scene/matrix";
import { PLACE_FLOATS } from "../../scene/rig";

/** Something the core was asked to show; a place is where. */
export type Shown = readonly ["held" | "placed" | "thrown" | "told", string, (readonly number[])?];

export interface TestThings {
  readonly core: ClientCore;
  readonly replica: Replica;
  readonly shown: Shown[];
  /** Shows a thing somewhere, turned by its quaternion. */
  put(id: string, at: Vector, turn?: readonly number[]): void;
}

/** `simulates`: the core takes over what is thrown. */
export function testThings(things: { readonly [id: string]: JsonObject }, simulates = false): TestThings {
  const ids = Object.keys(things);
  const shown: Shown[] = [];
  const matrices = new Float32Array(16 * ids.length);
  const core = {
    index_of: (id: string) => ids.indexOf(id),
    id_of: (index: number) => ids[index],
    entity: (index: number) => JSON.stringify({ id: ids[index], version: 1, components: things[ids[index] ?? ""] }),
    interactions: (index: number) => offered(things[ids[index] ?? ""] ?? {}),
    matrices: () => matrices,
    show_held: (id: string) => void shown.push(["held", id]),
    show_placed: (id: string, place: Float32Array) => void shown.push(["placed", id, [...place]]),
    throw_thing: (id: string, place: Float32Array) => {
      if (simulates) shown.push(["thrown", id, [...place]]);
      return simulates;
    },
    as_told: (id: string) => void shown.push(["told", id]),
  } as unknown as ClientCore;
  const put = (id: string, at: Vector, turn: readonly number[] = [0, 0, 0, 1]) =>
    composePose(matrices, 16 * ids.indexOf(id), Float32Array.of(...at, ...turn), 0, 1);
  for (const id of ids) put(id, [0, 0, 0]);
  return { core, replica: new Replica(core), shown, put };
}

/** What a thing of these components offers "ada", as far as these tests go: the core's own answer is tested there. */
function offered({ seat, occupied, holdable, triggerable, held_by, collectable, door, door_state }: JsonObject): number {
  const holder = text(member(held_by, "user")) ?? "ada";
  const there = (value: JsonObject[string] | undefined) => value !== undefined && value !== false;
  const policy = text(member(holdable, "policy"));
  const grabs = holder === "ada" || policy === "steal" ? INTERACTION.grab : policy === "ask" ? INTERACTION.ask : 0;
  return (
    (there(collectable) ? INTERACTION.collect : 0) |
    (there(door) ? (door_state === "open" ? INTERACTION.close : INTERACTION.open) : 0) |
    (there(seat) && occupied !== true ? INTERACTION.sit : 0) |
    (there(holdable) && occupied !== true ? grabs : 0) |
    (there(triggerable) && holder === "ada" ? INTERACTION.trigger : 0)
  );
}

/** A place that is turned by nothing. */
export function placeAt(x: number, y: number, z: number): Float32Array {
  const place = new Float32Array(PLACE_FLOATS);
  place.set([x, y, z, 0, 0, 0, 1]);
  return place;
}
