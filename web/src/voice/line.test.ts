import { expect, test } from "vitest";
import { type Reply, refused } from "../core/commands";
import type { JsonObject } from "../core/json";
import type { Hearing } from "../core/voice";
import { CONNECT_MS, Line, PATIENCE_MS, type Peer, type PeerListener, type Terms } from "./line";

const ANSWER = "v=0\r\na=candidate:1 1 udp 2130706175 203.0.113.5 40000 typ host\r\n";
const BEGUN: Reply = { ok: true, response: { slots: 8, screens: 2, ice_servers: [{ urls: ["stun:s.example"] }, { urls: [] }] } };

/** A line, the room it asks, its connections and the clock, all in our hands. */
function bench() {
  const asked: [string, JsonObject][] = [];
  const replies: { [name: string]: Reply } = { rtc_begin: BEGUN, rtc_offer: { ok: true, response: { sdp: ANSWER } }, rtc_close: { ok: true, response: {} } };
  const peers: { readonly terms: Terms; readonly tell: PeerListener; readonly sent: (MediaStreamTrack | null)[]; readonly shared: (MediaStreamTrack | null)[]; answer?: string; closed: boolean }[] = [];
  const timers: { at_ms: number; work: () => void }[] = [];
  const told: Hearing[] = [];
  const ended = { count: 0 };
  const carried: boolean[] = [];
  const now = { ms: 0 };
  const world = { broken: false };
  const line = new Line(
    {
      ask: async (name, payload) => {
        asked.push([name, payload]);
        return replies[name] ?? refused("unknown");
      },
      connect: (terms, tell): Peer => {
        if (world.broken) throw new Error("no WebRTC");
        const peer = { terms, tell, sent: [] as (MediaStreamTrack | null)[], shared: [] as (MediaStreamTrack | null)[], closed: false } as (typeof peers)[number];
        peers.push(peer);
        return {
          offer: async () => "offer",
          accept: async (answer) => void (peer.answer = answer),
          send: (track) => void peer.sent.push(track),
          share: (track) => void peer.shared.push(track),
          say: () => undefined,
          move: () => undefined,
          probe: () => undefined,
          stats: () => Promise.reject(new Error("none")),
          close: () => void (peer.closed = true),
        };
      },
      after: (ms, work) => {
        const timer = { at_ms: now.ms + ms, work };
        timers.push(timer);
        return () => void timers.splice(0, timers.length, ...timers.filter((each) => each !== timer));
      },
      chance: () => 1,
    },
    {
      hearing: (hearing) => void told.push(hearing),
      begun: () => undefined,
      voice: () => undefined,
      screen: () => undefined,
      said: () => undefined,
      opened: () => undefined,
      carries: (on) => void carried.push(on),
      moved: () => undefined,
      probed: () => undefined,
      ended: () => void (ended.count += 1),
    },
  );
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve));
  const pass = async (ms: number): Promise<void> => {
    now.ms += ms;
    for (const due of timers.filter((timer) => timer.at_ms <= now.ms)) {
      timers.splice(timers.indexOf(due), 1);
      due.work();
    }
    await settle();
  };
  const names = (): readonly string[] => asked.map(([name]) => name);
  return { line, asked, names, replies, peers, timers, told, ended, carried, world, settle, pass };
}

test("a line is asked for, offered, and there once something comes through", async () => {
  const { line, asked, peers, told, settle } = bench();
  line.begin();
  await settle();
  expect(asked).toEqual([["rtc_begin", {}], ["rtc_offer", { sdp: "offer" }]]);
  expect(peers[0]?.terms).toEqual({ slots: 8, screens: 2, ice_servers: [{ urls: ["stun:s.example"] }] });
  expect(peers[0]?.answer).toContain("203.0.113.5");
  peers[0]?.tell.state("connected");
  expect(told).toEqual([{ kind: "connecting" }, { kind: "connected" }]);
});

test("a network that lets nothing through is named, with what its operator has to open, and tried again", async () => {
  const { line, peers, told, settle, pass } = bench();
  line.begin();
  await settle();
  await pass(CONNECT_MS);
  expect(told.at(-1)).toMatchObject({ kind: "failed", why: "Your network lets no voices through." });
  expect(told.at(-1)).toMatchObject({ advice: expect.stringContaining("UDP port 40000 to 203.0.113.5") });
  expect(peers[0]?.closed).toBe(true);
  await pass(1_000);
  expect(peers).toHaveLength(2);
  // The words stay until it works.
  expect(told.at(-1)?.kind).toBe("failed");
  peers[1]?.tell.state("connected");
  expect(told.at(-1)).toEqual({ kind: "connected" });
});

test("a moment's silence of the network is waited out, a longer one makes a new line", async () => {
  const { line, peers, told, settle, pass } = bench();
  line.begin();
  await settle();
  peers[0]?.tell.state("connected");
  peers[0]?.tell.state("disconnected");
  await pass(PATIENCE_MS - 1);
  peers[0]?.tell.state("connected");
  await pass(PATIENCE_MS);
  expect(peers).toHaveLength(1);
  peers[0]?.tell.state("failed");
  expect(told.at(-1)).toEqual({ kind: "connecting" });
  await pass(1_000);
  expect(peers.map(({ closed }) => closed)).toEqual([true, false]);
});

test("tries come ever more rarely, and a line that worked begins quickly again", async () => {
  const { line, peers, timers, settle, pass } = bench();
  line.begin();
  await settle();
  for (const wait_ms of [1_000, 2_000, 4_000]) {
    peers.at(-1)?.tell.state("failed");
    await pass(wait_ms - 1);
    expect(timers).toHaveLength(1);
    await pass(1);
  }
  expect(peers).toHaveLength(4);
  peers.at(-1)?.tell.state("connected");
  peers.at(-1)?.tell.state("failed");
  await pass(1_000);
  expect(peers).toHaveLength(5);
});

test("a server without voices is not asked again until one comes in again", async () => {
  const { line, replies, peers, told, timers, settle } = bench();
  replies["rtc_begin"] = refused("voice_off", "off");
  line.begin();
  await settle();
  expect(told.at(-1)).toMatchObject({ kind: "failed", why: "There are no voices here." });
  expect([peers.length, timers.length]).toEqual([0, 0]);
  replies["rtc_begin"] = BEGUN;
  line.begin();
  await settle();
  expect(peers).toHaveLength(1);
});

test("a server of before there were voices has none", async () => {
  const { line, replies, told, timers, settle } = bench();
  replies["rtc_begin"] = refused("unknown_event", "This server knows no command of that name.");
  line.begin();
  await settle();
  expect([told.at(-1), timers.length]).toEqual([expect.objectContaining({ why: "There are no voices here." }), 0]);
});

test("a browser without WebRTC says so", async () => {
  const { line, world, told, settle } = bench();
  world.broken = true;
  line.begin();
  await settle();
  expect(told.at(-1)).toMatchObject({ kind: "failed", why: "This browser carries no voices." });
});

test("an offer that is refused ends its connection", async () => {
  const { line, replies, peers, told, pass, settle } = bench();
  replies["rtc_offer"] = refused("voice_full");
  line.begin();
  await settle();
  expect([peers[0]?.closed, told.at(-1)?.kind]).toEqual([true, "failed"]);
  await pass(1_000);
  expect(peers).toHaveLength(2);
});

test("who leaves has no line, and the room hears of it", async () => {
  const { line, names, peers, told, ended, settle, pass } = bench();
  line.begin();
  await settle();
  line.end(true);
  await pass(60_000);
  expect(names()).toEqual(["rtc_begin", "rtc_offer", "rtc_close"]);
  expect([peers[0]?.closed, peers.length, ended.count, told.at(-1)?.kind]).toEqual([true, 1, 1, "off"]);
});

test("an answer that comes after one has left connects nothing", async () => {
  const { line, names, peers, told, settle } = bench();
  line.begin();
  line.end(true);
  await settle();
  expect([names(), peers.length, told.at(-1)?.kind]).toEqual([["rtc_begin"], 0, "off"]);
});

test("what an old connection tells is too late", async () => {
  const { line, peers, told, settle } = bench();
  line.begin();
  await settle();
  line.begin();
  await settle();
  peers[0]?.tell.state("connected");
  expect([peers.length, told.at(-1)?.kind]).toEqual([2, "connecting"]);
});

test("the microphone and what is shared go on in a new connection", async () => {
  const { line, peers, settle } = bench();
  const track = {} as MediaStreamTrack;
  line.begin();
  await settle();
  line.send(track);
  line.share(track);
  line.begin();
  await settle();
  expect(peers.map(({ sent }) => sent)).toEqual([[null, track], [track]]);
  expect(peers.map(({ shared }) => shared)).toEqual([[null, track], [track]]);
});

test("what a line that is gone tells of its datagrams comes too late", async () => {
  const { line, peers, carried, settle } = bench();
  line.begin();
  await settle();
  peers[0]?.tell.carries(true);
  line.begin();
  await settle();
  peers[0]?.tell.carries(false);
  peers[1]?.tell.carries(true);
  expect(carried).toEqual([true, true]);
});

test("a line that is known to be broken is made anew before the browser notices", async () => {
  const { line, peers, told, settle, pass } = bench();
  line.broken();
  line.begin();
  await settle();
  peers[0]?.tell.state("connected");
  line.broken();
  expect(peers[0]?.closed).toBe(true);
  expect(told.at(-1)).toEqual({ kind: "connecting" });
  await pass(1_000);
  peers[1]?.tell.state("connected");
  expect(told.at(-1)).toEqual({ kind: "connected" });
});
