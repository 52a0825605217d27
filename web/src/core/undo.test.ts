import { expect, test } from "vitest";
import { UNDO_MAX, UndoList } from "./undo";

test("what was made is deleted, what was deleted is made again under its own id, with what hung on it and without what the room writes", () => {
  const undo = new UndoList();
  undo.made("e1");
  undo.deleted([{ entity: "e2", components: { name: "Chair", occupied: true } }, { entity: "e3", components: { parent: { entity: "e2" } } }]);
  const ops = [
    { op: "create", entity: "e2", components: { name: "Chair" } },
    { op: "create", entity: "e3", components: { parent: { entity: "e2" } } },
  ];
  expect(undo.take()).toEqual([{ command: "transact", payload: { ops } }]);
  expect(undo.take()).toEqual([{ command: "delete_entity", payload: { entity: "e1" } }]);
  expect(undo.take()).toBeUndefined();
});

test("a change goes back to what was there, and what was not there goes", () => {
  const undo = new UndoList();
  undo.updated("e1", { color: "#FF0000" }, { color: "#00FF00", name: "Box" });
  expect(undo.take()).toEqual([
    { command: "update_components", payload: { entity: "e1", components: { color: "#FF0000" } } },
    { command: "remove_components", payload: { entity: "e1", names: ["name"] } },
  ]);
});

test("going on with the same change is taken back at once, another begins anew", () => {
  const undo = new UndoList();
  undo.updated("e1", { position: [0, 0, 0] }, { position: [1, 0, 0] });
  undo.updated("e1", { position: [1, 0, 0] }, { position: [2, 0, 0] });
  undo.updated("e2", { position: [9, 0, 0] }, { position: [2, 0, 0] });
  expect(undo.count$.value).toBe(2);
  undo.take();
  expect(undo.take()?.[0]?.payload["components"]).toEqual({ position: [0, 0, 0] });
});

test("a long evening's changes cost no memory", () => {
  const undo = new UndoList();
  for (let at = 0; at < UNDO_MAX + 3; at += 1) undo.made(`e${at}`);
  expect(undo.count$.value).toBe(UNDO_MAX);
});

test("a change that is taken back by itself is no longer among those taken back in order", () => {
  const undo = new UndoList();
  const gone = undo.deleted([{ entity: "e1", components: {} }]);
  undo.made("e2");
  expect([undo.takeThis(gone), undo.takeThis(gone)]).toEqual([true, false]);
  expect(undo.take()?.[0]?.payload).toEqual({ entity: "e2" });
  expect(undo.take()).toBeUndefined();
});
