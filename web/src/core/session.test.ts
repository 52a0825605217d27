import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FULL_FIRST_MS } from "./backoff";
import { AVATAR_FLAG, AVATAR_ROW, CHANGE, type ClientCore, type CoreEvent } from "./core-types";
import { RoomApp } from "./room-app";
import { Session } from "./session";

const MEMORY = { getItem: () => null, setItem: () => undefined };
const LOAD = { people: 1_000, peers: 1_200, people_max: 1_000, peers_max: 1_200 };

/** A core that says what a test tells it to, and notes what it is asked. */
class TestCore {
  readonly events: CoreEvent[] = [];
  readonly asked: string[] = [];
  readonly records = new Map<number, string>();
  pairs: number[] = [];
  rows = new Float32Array();
  opened = () => void this.asked.push("opened");
  closed = () => void this.asked.push("closed");
  enter = (mode: string) => void this.asked.push(`enter ${mode}`);
  leave = () => void this.asked.push("leave");
  poll_transmit = () => undefined;
  poll_event = () => {
    const event = this.events.shift();
    return event === undefined ? undefined : JSON.stringify(event);
  };
  frame = () => undefined;
  changes = () => {
    const pairs = Uint32Array.from(this.pairs);
    this.pairs = [];
    return pairs;
  };
  entity = (index: number) => this.records.get(index);
  avatars = () => this.rows;
  stats = () => "{}";

  /** People appear at some indices. */
  come(...indices: readonly number[]): void {
    for (const index of indices) {
      const components = { avatar: {}, nickname: `Guest ${index}` };
      this.records.set(index, JSON.stringify({ id: `u${index}`, version: 1, components }));
      this.pairs.push(index, CHANGE.created);
    }
  }
}

/** The part of a browser's WebSocket that the link touches. */
class TestSocket {
  static readonly OPEN = 1;
  readyState = TestSocket.OPEN;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  send = () => undefined;
  close = () => this.onclose?.();
}

function visit() {
  const page = { room: { id: "r", name: "Hall", description: "", link: "" }, user_id: "me", socket_url: "", token: "" };
  const app = new RoomApp(page, MEMORY, 0.5, true);
  const core = new TestCore();
  const sockets: TestSocket[] = [];
  const session = new Session(app, core as unknown as ClientCore, "me", "token", {
    connect: () => {
      const socket = new TestSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    freshToken: () => Promise.resolve({ kind: "unreachable" }),
    chance: () => 1,
  });
  let now_ms = 0;
  const told: number[] = [];
  app.people$.subscribe((people) => told.push(people.length));
  const frame = (step_ms = 16) => session.frame((now_ms += step_ms));
  session.start();
  sockets[0]?.onopen?.();
  return { app, core, session, sockets, frame, told };
}

function joined(mode: "enter" | "observe", crowded = false): CoreEvent {
  const rights = { role: "visitor", may: [], muted: false, settings: {}, blocked: [], blocked_by: [] } as const;
  const admission = { mode, crowded, people_max: 1_000, peers_max: 1_200, ...rights };
  return { type: "joined", user_id: "me", resumed: false, driver: true, incarnation: 1, seq: 1, ...admission };
}

describe("a visit", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", TestSocket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("gives its connection back before a full room and comes in when there is a place", () => {
    const { app, core, session, sockets, frame } = visit();
    session.enter("enter");
    core.events.push({ type: "join_refused", reason: "room_full", detail: "", retrying: false, load: LOAD });
    frame();
    expect(app.phase$.value).toMatchObject({ kind: "full", mode: "enter", load: LOAD });
    expect(core.asked.slice(-2)).toEqual(["leave", "closed"]);
    vi.advanceTimersByTime(FULL_FIRST_MS);
    expect(sockets.length).toBe(2);
    expect(core.asked.at(-1)).toBe("enter enter");
    core.events.push(joined("enter"), { type: "ready" });
    frame();
    expect(app.phase$.value).toEqual({ kind: "inside", mode: "enter" });
  });

  it("a spectator by crowding can ask again without a reload", () => {
    const { app, core, session, frame } = visit();
    session.enter("enter");
    core.events.push({ type: "queued", ahead: 5 });
    frame();
    expect(app.admission$.value.ahead).toBe(5);
    core.events.push(joined("observe", true), { type: "ready" });
    frame();
    expect(app.phase$.value).toEqual({ kind: "inside", mode: "observe" });
    app.enter("enter");
    expect(app.phase$.value).toEqual({ kind: "entering", mode: "enter" });
    expect(app.inRoom).toBe(true);
    core.events.push(joined("enter"), { type: "ready" });
    frame();
    expect(app.phase$.value).toEqual({ kind: "inside", mode: "enter" });
    expect(app.admission$.value.crowded).toBe(false);
  });

  it("a thousand people who come within a second are told as a few lists, the last one whole", () => {
    const { core, frame, told } = visit();
    for (let step = 0; step < 50; step += 1) {
      core.come(...Array.from({ length: 20 }, (_, each) => step * 20 + each));
      frame(20);
    }
    for (let step = 0; step < 20; step += 1) frame(20);
    expect(told.at(-1)).toBe(1_000);
    expect(told.length).toBeLessThan(15);
  });

  it("who is away is listed so, and frames in which nothing changes tell nothing", () => {
    const { app, core, frame, told } = visit();
    core.come(7);
    frame();
    core.rows = new Float32Array(AVATAR_ROW.floats);
    core.rows.set([7, AVATAR_FLAG.away]);
    frame();
    expect(app.people$.value.map((person) => person.away)).toEqual([true]);
    const lists = told.length;
    for (let step = 0; step < 100; step += 1) frame();
    expect(told.length).toBe(lists);
    core.rows.set([7, 0]);
    frame();
    expect(app.people$.value.map((person) => person.away)).toEqual([false]);
  });
});
