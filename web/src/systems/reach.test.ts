import { BehaviorSubject, Subject } from "rxjs";
import { expect, test } from "vitest";
import type { HudLine } from "../core/hud";
import type { JsonObject } from "../core/json";
import type { Change } from "../core/replica";
import { Rig } from "../scene/rig";
import type { Context } from "./context";
import { reach } from "./reach";

/** Somebody who walks about in a room where a table stands at its middle. */
function bench() {
  const lines: string[] = [];
  const hud$ = new Subject<HudLine>();
  hud$.subscribe(({ text }) => lines.push(text));
  const visit = { acts: true };
  const rights$ = new BehaviorSubject({ muted: false });
  const rig = new Rig();
  const clock = { now_ms: 0, changes: [] as Change[] };
  const steps: (() => void)[] = [];
  reach({
    app: { user_id: "me", visit, hud: { hud$ }, rights: { rights$ }, voice: { hearing$: new BehaviorSubject({ kind: "connected" }) } },
    core: { matrices: () => new Float32Array(32) },
    stage: { rig },
    clock,
    onFrame: (step: () => void) => void steps.push(step),
  } as unknown as Context);
  /** The room tells something of an entity; without components it is gone. */
  const change = (index: number, components?: JsonObject): void => {
    const record = components === undefined ? undefined : { id: `e${index}`, version: 1, components };
    clock.changes.push({ index, mask: 0, record, fresh: true } as unknown as Change);
  };
  const standAt = (x: number, looks = 2): void => {
    rig.stand(x, 0, 0, 0);
    for (let look = 0; look < looks; look += 1) {
      clock.now_ms += 400;
      for (const step of steps) step();
      clock.changes.length = 0;
    }
  };
  return { lines, visit, rights$, change, standAt };
}

test("who comes to a private table is told once, and once more when they go, or the table does", () => {
  const { lines, change, standAt } = bench();
  change(0, { voice_zone: { kind: "private", radius: 2 } });
  standAt(5);
  expect(lines).toEqual([]);
  standAt(1, 4);
  standAt(5);
  standAt(1);
  change(0);
  standAt(1);
  const table = "Only this table hears you now.";
  const near = "People near you hear you again.";
  expect(lines).toEqual([table, near, table, near]);
});

test("a step over the edge and back is not told", () => {
  const { lines, change, standAt } = bench();
  change(0, { voice_zone: { kind: "stage", radius: 2 } });
  standAt(5);
  standAt(1, 1);
  standAt(5);
  expect(lines).toEqual([]);
});

test("a megaphone in one's own hand is told, one in another's is not", () => {
  const { lines, change, standAt } = bench();
  change(1, { megaphone: true, held_by: { user: "ben" } });
  standAt(0);
  change(1, { megaphone: true, held_by: { user: "me" } });
  standAt(0);
  change(1, { megaphone: true });
  standAt(0);
  expect(lines).toEqual(["The whole room hears you now.", "People near you hear you again."]);
});

test("whom nobody hears, muted or watching, is told nothing", () => {
  const { lines, visit, rights$, change, standAt } = bench();
  change(0, { voice_zone: { kind: "stage", radius: 2 } });
  rights$.next({ muted: true });
  standAt(1);
  rights$.next({ muted: false });
  visit.acts = false;
  standAt(1);
  expect(lines).toEqual([]);
});
