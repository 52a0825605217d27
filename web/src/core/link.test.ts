import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RECONNECT_MAX_MS } from "./backoff";
import { FAILED_OPENS_BEFORE_TOKEN, Link, type LinkListener, OPENING_MAX_MS } from "./link";
import type { FreshToken } from "./page";

/** The part of a browser's WebSocket that the link touches, driven by the test. */
class TestSocket {
  static readonly OPEN = 1;
  readyState = 0;
  binaryType = "blob";
  readonly sent: (string | Uint8Array)[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;

  constructor(readonly token: string) {}

  send(message: string | Uint8Array): void {
    this.sent.push(message);
  }

  close(): void {
    this.fail();
  }

  accept(): void {
    this.readyState = TestSocket.OPEN;
    this.onopen?.();
  }

  fail(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

function stage(fresh: FreshToken = { kind: "token", token: "new" }) {
  const sockets: TestSocket[] = [];
  const told: string[] = [];
  const listener: LinkListener = {
    opened: () => told.push("opened"),
    closed: () => told.push("closed"),
    text: (message) => told.push(`text ${message}`),
    binary: (message) => told.push(`binary ${message.length}`),
    blocked: () => told.push("blocked"),
    waiting: () => told.push("waiting"),
    gone: () => told.push("gone"),
    expired: () => told.push("expired"),
  };
  const world = {
    connect: (token: string) => {
      const socket = new TestSocket(token);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    freshToken: () => Promise.resolve(fresh),
    chance: () => 1,
  };
  const link = new Link(world, listener, "old");
  const last = () => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  };
  return { link, sockets, told, last };
}

describe("the link", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", TestSocket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("passes on text and bytes as they come", () => {
    const { link, last, told } = stage();
    link.open();
    last().accept();
    last().onmessage?.({ data: "hello" });
    last().onmessage?.({ data: new ArrayBuffer(7) });
    expect(told).toEqual(["opened", "text hello", "binary 7"]);
  });

  it("replaces a dead socket at once, and what that says later is nothing", () => {
    const { link, last, sockets, told } = stage();
    link.open();
    last().accept();
    const dead = last();
    const farewell = dead.onclose;
    link.replace();
    expect(sockets).toHaveLength(2);
    expect(told).toEqual(["opened", "waiting", "closed"]);
    last().accept();
    dead.onclose?.();
    expect([farewell === null, dead.onclose, dead.readyState]).toEqual([false, null, 3]);
    expect(told.at(-1)).toBe("opened");
    link.end();
    link.replace();
    expect(sockets).toHaveLength(2);
  });

  it("gives up a socket that never opens, and tries another", () => {
    const { link, sockets, told, last } = stage();
    link.open();
    vi.advanceTimersByTime(OPENING_MAX_MS - 1);
    expect([sockets.length, told]).toEqual([1, []]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(["closed", "closed", "waiting"]);
    vi.advanceTimersByTime(RECONNECT_MAX_MS);
    expect(sockets).toHaveLength(2);
    last().accept();
    vi.advanceTimersByTime(10 * OPENING_MAX_MS);
    expect([sockets.length, told.at(-1)]).toEqual([2, "opened"]);
  });

  it("does what is due when it is told to, however late its timers are", () => {
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const { link, last, sockets } = stage();
    link.open();
    now.mockReturnValue(OPENING_MAX_MS - 1);
    link.overdue();
    expect(sockets).toHaveLength(1);
    now.mockReturnValue(OPENING_MAX_MS);
    link.overdue();
    link.overdue();
    expect(sockets, "given up, and waiting").toHaveLength(1);
    now.mockReturnValue(OPENING_MAX_MS + RECONNECT_MAX_MS);
    link.overdue();
    expect(sockets).toHaveLength(2);
    last().accept();
    now.mockReturnValue(100 * OPENING_MAX_MS);
    link.overdue();
    link.end();
    link.overdue();
    expect(sockets, "open, then ended: nothing is due").toHaveLength(2);
    now.mockRestore();
  });

  it("tries again after a loss", () => {
    const { link, last, sockets } = stage();
    link.open();
    last().accept();
    last().fail();
    vi.advanceTimersByTime(RECONNECT_MAX_MS);
    expect(sockets.length).toBe(2);
  });

  it("asks for a new token after three opens that failed", async () => {
    const { link, last, sockets } = stage();
    link.open();
    for (let count = 0; count < FAILED_OPENS_BEFORE_TOKEN; count += 1) {
      last().fail();
      await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    }
    expect(sockets.map((socket) => socket.token)).toEqual(["old", "old", "old", "new"]);
  });

  it("says that sockets are blocked when the server answers and they still do not open, and goes on trying", async () => {
    const { link, last, told } = stage();
    link.open();
    const fail = async () => {
      last().fail();
      await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    };
    for (let count = 0; count < FAILED_OPENS_BEFORE_TOKEN; count += 1) await fail();
    expect(told, "the token may have been too old").not.toContain("blocked");
    await fail();
    expect(told).toContain("blocked");
    last().accept();
    told.length = 0;
    last().fail();
    await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    await fail();
    expect(told, "it opened: what comes is another story").not.toContain("blocked");
  });

  it("does not say that sockets are blocked while the server answers nothing", async () => {
    const { link, last, told } = stage({ kind: "unreachable" });
    link.open();
    for (let count = 0; count < 4 * FAILED_OPENS_BEFORE_TOKEN; count += 1) {
      last().fail();
      await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    }
    expect(told).not.toContain("blocked");
  });

  it("stops when the room's page is gone", async () => {
    const { link, last, sockets, told } = stage({ kind: "gone" });
    link.open();
    for (let count = 0; count < FAILED_OPENS_BEFORE_TOKEN; count += 1) {
      last().fail();
      await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    }
    await vi.advanceTimersByTimeAsync(10 * RECONNECT_MAX_MS);
    expect(told.at(-1)).toBe("gone");
    expect(sockets.length).toBe(FAILED_OPENS_BEFORE_TOKEN);
  });

  it("tries its own token once more before a page for somebody else makes it stop", async () => {
    const { link, last, sockets, told } = stage({ kind: "stranger" });
    link.open();
    for (let count = 0; count <= FAILED_OPENS_BEFORE_TOKEN; count += 1) {
      last().fail();
      await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    }
    await vi.advanceTimersByTimeAsync(10 * RECONNECT_MAX_MS);
    expect(told.at(-1)).toBe("expired");
    expect(sockets.map((socket) => socket.token)).toEqual(["old", "old", "old", "old"]);
  });

  it("goes on with its own token when a server that was away is back", async () => {
    const { link, last, sockets, told } = stage({ kind: "stranger" });
    link.open();
    for (let count = 0; count < FAILED_OPENS_BEFORE_TOKEN; count += 1) {
      last().fail();
      await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    }
    last().accept();
    expect(told.at(-1)).toBe("opened");
    expect(sockets.at(-1)?.token).toBe("old");
  });

  it("does not come back after its end", () => {
    const { link, last, sockets } = stage();
    link.open();
    last().accept();
    link.end();
    vi.advanceTimersByTime(10 * RECONNECT_MAX_MS);
    expect(sockets.length).toBe(1);
  });

  it("a socket that is still closing does not end the one that follows it", () => {
    const { link, last, told } = stage();
    link.open();
    last().accept();
    const first = last();
    first.close = () => undefined;
    link.end();
    link.open();
    last().accept();
    first.fail();
    link.send("hello");
    expect(last().sent).toEqual(["hello"]);
    expect(told).toEqual(["opened", "closed", "opened"]);
  });

  it("a network that came back is used at once", () => {
    const { link, last, sockets } = stage();
    link.open();
    last().accept();
    last().fail();
    link.hurry();
    expect(sockets.length).toBe(2);
    last().accept();
    vi.advanceTimersByTime(10 * RECONNECT_MAX_MS);
    expect(sockets.length).toBe(2);
  });
});
