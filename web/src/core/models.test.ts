import { describe, expect, it, vi } from "vitest";
import type { Building, Selection } from "./building";
import { Models, bumpsOf } from "./models";
import { newViewer } from "./viewer";

const foot = { radius_m: 0.5, height_m: 1 };
const hull = { shape: "convex", points: [[0, 0, 0]] };

function set() {
  const building = {
    sites: { ahead: () => ({ x: 3, y: 0, z: 5 }) },
    makeSelected: vi.fn(() => Promise.resolve({ ok: true, response: {} })),
    update: vi.fn(() => Promise.resolve({ ok: true, response: {} })),
  };
  const models = new Models(building as unknown as Building, { ...newViewer(), x: 1, y: 0, z: 2, yaw: 0 });
  const selection: Selection = { entity: "vase", components: { model: { url: "/models/vase.glb" } } };
  return { building, models, selection };
}

describe("models", () => {
  it("are placed on the floor when they have been measured, facing who placed them", async () => {
    const { building, models } = set();
    models.measure = () => Promise.resolve({ hull, skin: undefined, below_m: 0.25, foot });
    expect((await models.place("/models/vase.glb", "vase")).ok).toBe(true);
    expect(building.makeSelected).toHaveBeenCalledWith(
      expect.objectContaining({ name: "vase", model: { url: "/models/vase.glb" }, collider: hull, position: [3, 0.25, 5] }),
    );
  });

  it("that cannot be shown are not placed, and it is said why", async () => {
    const { building, models } = set();
    models.measure = () => Promise.reject(new Error("it is no .glb file"));
    const reply = await models.place("/models/no.glb", "no");
    expect(reply).toMatchObject({ ok: false, detail: "The model cannot be shown: it is no .glb file." });
    expect(building.makeSelected).not.toHaveBeenCalled();
  });

  it("bump as their hull, their triangles where they are few, or not at all", async () => {
    const { building, models, selection } = set();
    models.measure = () => Promise.resolve({ hull, skin: undefined, below_m: 0, foot });
    await models.bump(selection, "hull");
    expect(building.update).toHaveBeenLastCalledWith("vase", { collider: hull });
    expect(await models.bump(selection, "skin")).toMatchObject({ ok: false });
    await models.bump(selection, "nothing");
    expect(building.update).toHaveBeenLastCalledWith("vase", { collider: false });
    expect([bumpsOf(hull), bumpsOf({ shape: "trimesh" }), bumpsOf(false), bumpsOf(undefined)]).toEqual(["hull", "skin", "nothing", "nothing"]);
  });

  it("of the server are what it tells, and none where it tells nonsense", async () => {
    const { models } = set();
    const told = (body: unknown, ok = true) => vi.stubGlobal("fetch", () => Promise.resolve({ ok, json: () => Promise.resolve(body) }));
    told({ models: [{ name: "arch", url: "/models/arch.glb", bytes: 9 }, { name: 7 }, null] });
    await models.refresh();
    expect(models.offered$.value).toEqual([{ name: "arch", url: "/models/arch.glb", bytes: 9 }]);
    told("gone", false);
    await models.refresh();
    expect(models.offered$.value).toEqual([]);
    vi.unstubAllGlobals();
  });
});
