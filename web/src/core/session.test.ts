import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FULL_FIRST_MS } from "./backoff";
import type { ClientCore, CoreEvent } from "./core-types";
import { AVATAR_FLAG, AVATAR_ROW, CHANGE } from "./generated";
import type { Json } from "./json";
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
  readonly datagrams: Uint8Array[] = [];
  poll_datagram = () => this.datagrams.shift();
  set_datagrams = (on: boolean) => void this.asked.push(on ? "by datagrams" : "by the socket");
  receive_datagram = (frame: Uint8Array) => void this.asked.push(`datagram of ${frame.length}`);
  poll_event = () => {
    const event = this.events.shift();
    return event === undefined ? undefined : JSON.stringify(event);
  };
  frame = () => undefined;
  has_bodies = () => false;
  set_speaking = (speaking: boolean) => void this.asked.push(speaking ? "speaks" : "is silent");
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

function visit(before: (app: RoomApp) => void = () => undefined) {
  const page = { room: { id: "r", name: "Hall", description: "", link: "" }, user_id: "me", socket_url: "", token: "" };
  const app = new RoomApp(page, MEMORY, 0.5, true);
  before(app);
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
  app.people.people$.subscribe((people) => told.push(people.length));
  const frame = (step_ms = 16) => session.frame((now_ms += step_ms));
  session.start();
  sockets[0]?.onopen?.();
  return { app, core, session, sockets, frame, told };
}

const PLAIN = ["look", "talk", "own", "build", "save"];

/** A visit to a room that lets visitors do everything; also gives all lines of the HUD. */
function inside() {
  const visited = visit();
  const lines: string[] = [];
  visited.app.hud.hud$.subscribe((line) => lines.push(line.text));
  visited.session.enter("enter");
  visited.core.events.push({ ...joined("enter"), may: PLAIN }, { type: "ready" });
  visited.frame();
  const hear = (...events: readonly CoreEvent[]) => {
    visited.core.events.push(...events);
    visited.frame();
  };
  return { ...visited, lines, hear };
}

function fact(event: string, actor: string, payload: Json, seq = 5): CoreEvent {
  return { type: "event", event, payload, seq, at: seq, actor: `user:${actor}` };
}

function joined(mode: "enter" | "observe", crowded = false): Extract<CoreEvent, { type: "joined" }> {
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

  it.each(["enter", "observe"] as const)("%s, wished before there is anyone to ask, is done as soon as there is", (mode) => {
    const { app, core, frame } = visit((app) => {
      app.visit.enter(mode);
      // Who changes their mind while the code is on its way has chosen already.
      app.visit.enter(mode === "enter" ? "observe" : "enter");
      expect(app.visit.phase$.value).toEqual({ kind: "entering", mode });
    });
    expect(core.asked.filter((what) => what.startsWith("enter"))).toEqual([`enter ${mode}`]);
    core.events.push(joined(mode), { type: "ready" });
    frame();
    expect(app.visit.phase$.value).toEqual({ kind: "inside", mode });
  });

  it("has motion go by datagrams while there are some, and by the socket otherwise", () => {
    const { app, core, session, frame } = visit();
    const sent: number[] = [];
    app.motion.carry((datagram) => void sent.push(datagram.length));
    core.datagrams.push(new Uint8Array(58));
    frame();
    session.transmit();
    app.motion.received(new Uint8Array(700));
    app.motion.carry(undefined);
    core.datagrams.push(new Uint8Array(60));
    session.transmit();
    expect(sent).toEqual([58]);
    expect(core.asked.filter((what) => what.includes("datagram") || what.includes("socket"))).toEqual(["by datagrams", "datagram of 700", "by the socket"]);
  });

  it("gives its connection back before a full room and comes in when there is a place", () => {
    const { app, core, session, sockets, frame } = visit();
    session.enter("enter");
    core.events.push({ type: "join_refused", reason: "room_full", detail: "", retrying: false, load: LOAD });
    frame();
    expect(app.visit.phase$.value).toMatchObject({ kind: "full", mode: "enter", load: LOAD });
    expect(core.asked.slice(-2)).toEqual(["leave", "closed"]);
    vi.advanceTimersByTime(FULL_FIRST_MS);
    expect(sockets.length).toBe(2);
    expect(core.asked.at(-1)).toBe("enter enter");
    core.events.push(joined("enter"), { type: "ready" });
    frame();
    expect(app.visit.phase$.value).toEqual({ kind: "inside", mode: "enter" });
  });

  it("a spectator by crowding can ask again without a reload", () => {
    const { app, core, session, frame } = visit();
    session.enter("enter");
    core.events.push({ type: "queued", ahead: 5 });
    frame();
    expect(app.visit.admission$.value.ahead).toBe(5);
    core.events.push(joined("observe", true), { type: "ready" });
    frame();
    expect(app.visit.phase$.value).toEqual({ kind: "inside", mode: "observe" });
    app.visit.enter("enter");
    expect(app.visit.phase$.value).toEqual({ kind: "entering", mode: "enter" });
    expect(app.visit.inRoom).toBe(true);
    core.events.push(joined("enter"), { type: "ready" });
    frame();
    expect(app.visit.phase$.value).toEqual({ kind: "inside", mode: "enter" });
    expect(app.visit.admission$.value.crowded).toBe(false);
  });

  it("building ends with one line when the owner closes it, and coming in is no change of rights", () => {
    const { app, lines, hear } = inside();
    expect(lines).toEqual([]);
    app.building.build$.next(true);
    const may = { visitor: ["look", "talk", "own", "save"] };
    hear(fact("settings_changed", "u1", { who_may_build: "builder", who_may_save: "visitor", may }));
    expect(app.building.build$.value).toBe(false);
    expect(lines).toEqual(["The owner has closed building for visitors."]);
    hear({ type: "rights", role: "builder", may: PLAIN, muted: false });
    expect(lines.at(-1)).toBe("You are a builder now. You may build.");
    expect(app.building.build$.value).toBe(false);
  });

  it("a mute does not end building", () => {
    const { app, lines, hear } = inside();
    app.building.build$.next(true);
    hear({ type: "rights", role: "visitor", may: ["look", "own", "build", "save"], muted: true });
    expect([app.building.build$.value, app.rights.rights$.value.muted, lines.length]).toEqual([true, true, 1]);
  });

  it("what changed while the connection was lost is told at its return, and not once more by the late fact", () => {
    const { app, lines, hear } = inside();
    const settings = { who_may_build: "owner", who_may_save: "visitor" };
    hear({ ...joined("enter"), resumed: true, seq: 9, may: ["look", "talk", "own", "save"], settings });
    hear({ type: "ready" }, fact("settings_changed", "u1", { ...settings, may: { visitor: PLAIN } }, 8));
    expect(lines).toEqual(["The owner has closed building for visitors."]);
    expect(app.rights.rights$.value.may).not.toContain("build");
  });

  it("who blocked us goes from the list, whom we blocked stays; neither is heard until they meet again", () => {
    const { app, core, lines, hear } = inside();
    core.come(1, 2, 3);
    hear({ type: "relations", blocked: ["u1"], blocked_by: ["u2"] });
    const listed = () => app.people.people$.value.map((person) => person.user_id);
    expect(listed()).toEqual(["u1", "u3"]);
    for (const id of ["u1", "u2", "u3"]) hear(fact("message_said", id, { user_id: id, text: `I am ${id}` }));
    for (const id of ["u1", "u2", "u3"]) hear(fact("user_renamed", id, { user_id: id, nickname: "New" }));
    expect(app.chat.chat$.value.map((line) => line.user_id)).toEqual(["u3"]);
    expect(lines.length).toBe(1);
    hear({ type: "relations", blocked: [], blocked_by: [] }, fact("message_said", "u2", { user_id: "u2", text: "Again" }));
    expect(listed()).toEqual(["u1", "u2", "u3"]);
    expect(app.chat.chat$.value.at(-1)?.text).toBe("Again");
  });

  it("what a hidden person does to the room is told without their name", () => {
    const { core, lines, hear } = inside();
    core.come(1);
    hear({ type: "relations", blocked: ["u1"], blocked_by: [] });
    hear(fact("snapshot_restored", "u1", { name: "Party" }));
    expect(lines).toEqual(["Someone restored “Party”"]);
  });

  it("what the room says of gravity and flying holds from the frame on in which it is told", () => {
    const { app, core, frame } = visit();
    core.records.set(4, JSON.stringify({ id: "moony", version: 1, components: { gravity: -1.62, flying: false } }));
    core.pairs = [4, CHANGE.created];
    frame();
    expect(app.movement.rules$.value).toEqual({ gravity_m_s2: -1.62, flying: false });
    core.records.delete(4);
    core.pairs = [4, CHANGE.removed];
    frame();
    expect(app.movement.rules$.value).toEqual({ gravity_m_s2: -9.81, flying: true });
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

  it("the room is told when one speaks and when no longer, and not that one is silent from the beginning", () => {
    const { app, core } = inside();
    core.asked.length = 0;
    app.voice.speaking$.next(true);
    app.voice.speaking$.next(false);
    expect(core.asked).toEqual(["speaks", "is silent"]);
  });

  it("who is away is listed so, and frames in which nothing changes tell nothing", () => {
    const { app, core, frame, told } = visit();
    core.come(7);
    frame();
    core.rows = new Float32Array(AVATAR_ROW.floats);
    core.rows.set([7, AVATAR_FLAG.away]);
    frame();
    expect(app.people.people$.value.map((person) => person.away)).toEqual([true]);
    const lists = told.length;
    for (let step = 0; step < 100; step += 1) frame();
    expect(told.length).toBe(lists);
    core.rows.set([7, 0]);
    frame();
    expect(app.people.people$.value.map((person) => person.away)).toEqual([false]);
  });
});
