import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Admissions } from "./admissions";
import { FULL_FIRST_MS } from "./backoff";
import type { CoreEvent } from "./core-types";
import { RoomApp } from "./room-app";
import type { Mode, Phase } from "./visit";

const LOAD = { people: 1_000, peers: 1_200, people_max: 1_000, peers_max: 1_200 };
const MEMORY = { getItem: () => null, setItem: () => undefined };

function joined(mode: Mode, crowded = false): Extract<CoreEvent, { type: "joined" }> {
  const rights = { role: "visitor", may: [], muted: false, settings: {}, blocked: [], blocked_by: [] } as const;
  const admission = { mode, crowded, people_max: 1_000, peers_max: 1_200, ...rights };
  return { type: "joined", user_id: "me", resumed: false, driver: true, incarnation: 1, seq: 1, ...admission };
}

function door(phase: Phase) {
  const page = { room: { id: "r", name: "Hall", description: "", link: "" }, user_id: "me", socket_url: "", token: "" };
  const app = new RoomApp(page, MEMORY, 0.5, true);
  app.visit.phase$.next(phase);
  const knocks = vi.fn();
  return { app, knocks, admissions: new Admissions(app, () => 1, knocks) };
}

describe("being let in", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("who enters is inside as what they asked for", () => {
    const { app, admissions } = door({ kind: "entering", mode: "enter" });
    admissions.joined(joined("enter"));
    admissions.ready();
    expect(app.visit.phase$.value).toEqual({ kind: "inside", mode: "enter" });
    expect(app.visit.admission$.value.crowded).toBe(false);
  });

  it("who asks to enter a crowded room is inside as a spectator and knows why", () => {
    const { app, admissions } = door({ kind: "entering", mode: "enter" });
    admissions.joined(joined("observe", true));
    admissions.ready();
    expect(app.visit.phase$.value).toEqual({ kind: "inside", mode: "observe" });
    expect(app.visit.admission$.value).toEqual({ ahead: null, crowded: true, people_max: 1_000 });
  });

  it("who waits their turn sees how many are ahead until they are in", () => {
    const { app, admissions } = door({ kind: "entering", mode: "enter" });
    admissions.queued(12);
    expect(app.visit.admission$.value.ahead).toBe(12);
    admissions.queued(3);
    admissions.joined(joined("enter"));
    expect(app.visit.admission$.value.ahead).toBeNull();
  });

  it("a server that says nothing about places leaves nobody waiting", () => {
    const { app, admissions } = door({ kind: "entering", mode: "enter" });
    const { crowded: _, people_max: __, peers_max: ___, ...plain } = joined("enter");
    admissions.joined(plain);
    expect(app.visit.admission$.value).toEqual({ ahead: null, crowded: false, people_max: null });
  });

  it("who lost the connection and finds their place taken watches on, and builds no more", () => {
    const { app, admissions } = door({ kind: "inside", mode: "enter" });
    app.building.build$.next(true);
    admissions.joined(joined("observe", true));
    admissions.ready();
    expect(app.visit.phase$.value).toEqual({ kind: "inside", mode: "observe" });
    expect(app.building.build$.value).toBe(false);
  });

  it("before a full room one knocks again by oneself and comes in as asked", () => {
    const { app, admissions, knocks } = door({ kind: "entering", mode: "enter" });
    admissions.full(LOAD);
    expect(app.visit.phase$.value).toMatchObject({ kind: "full", mode: "enter", load: LOAD, trying: false });
    vi.advanceTimersByTime(FULL_FIRST_MS);
    expect(knocks).toHaveBeenCalledOnce();
    expect(app.visit.phase$.value).toMatchObject({ kind: "full", trying: true });
    admissions.joined(joined("enter"));
    admissions.ready();
    expect(app.visit.phase$.value).toEqual({ kind: "inside", mode: "enter" });
  });

  it("the button knocks at once, and only once", () => {
    const { admissions, knocks } = door({ kind: "entering", mode: "enter" });
    admissions.full(LOAD);
    admissions.tryNow();
    admissions.tryNow();
    vi.advanceTimersByTime(10 * FULL_FIRST_MS);
    expect(knocks).toHaveBeenCalledOnce();
  });

  it("who found the room full before its lobby comes to the lobby", () => {
    const { app, admissions } = door({ kind: "lobby" });
    admissions.full(LOAD);
    admissions.tryNow();
    admissions.full(LOAD);
    expect(app.visit.phase$.value).toMatchObject({ kind: "full", mode: "preview", trying: false });
    admissions.tryNow();
    admissions.joined(joined("observe"));
    admissions.ready();
    expect(app.visit.phase$.value).toEqual({ kind: "lobby" });
  });

  it("who left knocks no more", () => {
    const { admissions, knocks } = door({ kind: "entering", mode: "enter" });
    admissions.full(LOAD);
    admissions.stop();
    vi.advanceTimersByTime(10 * FULL_FIRST_MS);
    expect(knocks).not.toHaveBeenCalled();
  });
});
