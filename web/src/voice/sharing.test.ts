import { beforeEach, describe, expect, it } from "vitest";
import type { Reply } from "../core/commands";
import type { Sharing } from "../core/screens";
import { type CaptureOutcome, type Captured, SharingAtWork, denialWords } from "./sharing";

class FakeTrack extends EventTarget {
  live = true;
  stop(): void {
    this.live = false;
  }
}

const OK: Reply = { ok: true, response: {} };
let told: Sharing[];
let asked: string[];
let said: string[];
let sent: (MediaStreamTrack | null)[];
let track: FakeTrack;
let outcome: CaptureOutcome;
let answer: Promise<Reply>;
let sharing: SharingAtWork;

beforeEach(() => {
  [told, asked, said, sent] = [[], [], [], []];
  track = new FakeTrack();
  const stream = { getTracks: () => [track] } as unknown as MediaStream;
  outcome = { ok: true, captured: { stream, track } as unknown as Captured };
  answer = Promise.resolve(OK);
  sharing = new SharingAtWork({
    capture: () => Promise.resolve(outcome),
    ask: (name, { entity }) => {
      asked.push(`${name} ${String(entity)}`);
      return name === "share_screen" ? answer : Promise.resolve(OK);
    },
    send: (now) => void sent.push(now),
    told: (now) => void told.push(now),
    say: (words) => void said.push(words),
  });
  sharing.setAllowed(true);
});

const kinds = () => told.map(({ kind }) => kind);

describe("sharing", () => {
  it("captures, asks the room, and sends; a press ends all of it", async () => {
    await sharing.start("camera", "e1");
    expect([kinds(), asked, sent.length]).toEqual([["asking", "on"], ["share_screen e1"], 1]);
    sharing.stop();
    expect([kinds().at(-1), asked.at(-1), sent.at(-1), track.live]).toEqual(["off", "unshare_screen e1", null, false]);
  });

  it("ends when the browser's own button or an unplugged camera ends it", async () => {
    await sharing.start("display", "e1");
    track.dispatchEvent(new Event("ended"));
    expect([kinds().at(-1), asked.at(-1)]).toEqual(["off", "unshare_screen e1"]);
  });

  it("ends when the room says so, and says that it did", async () => {
    await sharing.start("display", "e1");
    sharing.learn("e1");
    expect(kinds().at(-1)).toBe("on");
    sharing.learn(null);
    expect([kinds().at(-1), track.live, said.length, asked.length]).toEqual(["off", false, 1, 1]);
  });

  it("says why not, and lets go of what was captured, where the room refuses", async () => {
    answer = Promise.resolve({ ok: false, reason: "screen_taken", detail: "Somebody shares here already." });
    await sharing.start("camera", "e1");
    expect([kinds(), said, track.live, asked]).toEqual([["asking", "off"], ["Somebody shares here already."], false, ["share_screen e1"]]);
  });

  it("says nothing to whoever dismissed the browser's question", async () => {
    outcome = { ok: false, denial: "dismissed" };
    await sharing.start("display", "e1");
    expect([kinds(), said, asked]).toEqual([["asking", "off"], [], []]);
  });

  it("that is ended while the room is asked ends there, too", async () => {
    let reply: (reply: Reply) => void = () => undefined;
    answer = new Promise((resolve) => (reply = resolve));
    const started = sharing.start("camera", "e1");
    await Promise.resolve();
    await Promise.resolve();
    sharing.setAllowed(false);
    reply(OK);
    await started;
    expect([kinds().at(-1), track.live, asked]).toEqual(["off", false, ["share_screen e1", "unshare_screen e1"]]);
    expect(sent).not.toContain(track);
  });

  it("frees a screen that a page before this one shared onto", () => {
    sharing.learn("e7");
    expect(asked).toEqual(["unshare_screen e7"]);
  });

  it("is for those alone who are here with this page", async () => {
    sharing.setAllowed(false);
    await sharing.start("camera", "e1");
    sharing.learn("e7");
    expect([kinds(), asked]).toEqual([[], []]);
  });
});

it("every reason for no picture has a sentence that helps", () => {
  for (const denial of ["denied", "missing", "busy", "insecure"] as const) {
    expect(denialWords("camera", denial)).toMatch(/camera.*\./i);
    expect(denialWords("display", denial)).toMatch(/screen.*\./i);
  }
});
