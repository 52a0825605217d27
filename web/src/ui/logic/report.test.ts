import { expect, it } from "vitest";
import { report } from "./report";

const HERE = {
  link: "https://thexr.example/r/abcde",
  user_id: "u1",
  at: new Date(Date.UTC(2030, 0, 2, 3, 4, 5)),
  browser: "Browser/1.0",
  by_datagrams: true,
  voices: ["Voices: Connected"],
  window: { width: 800, height: 600, pixel_ratio: 1.5 },
};

it("tells the operator where, when, and every number with its unit", () => {
  const picture = { frames_per_s: 59.6, frame_ms: 3.14159, people: { near: 2, mid: 1, far: 40 } };
  const numbers = {
    rtt_ms: 41.6,
    pose_age_ms: 90,
    pose_age_p95_ms: 140.4,
    received_kbit_s: 120.4,
    sent_kbit_s: 9.6,
    received_bytes: 1_234_567,
    sent_bytes: 9_800,
    picture,
  };
  const lines = report({ kind: "online", rtt_ms: 41.6, bars: 4, numbers }, HERE).split("\n");
  expect(lines).toEqual([
    "Room: https://thexr.example/r/abcde",
    "Visitor: u1",
    "Time: 2030-01-02T03:04:05.000Z",
    "Connection: online",
    "Round trip: 42 ms (4 of 4 bars)",
    "Age of movements: 90 ms at the median, 140 ms at the 95th percentile",
    "Received: 120 kbit/s, 1235 kB so far",
    "Sent: 10 kbit/s, 10 kB so far",
    "Pictures: 60 per second, 3.1 ms of processor each",
    "People: 2 near, 1 farther, 40 far",
    "Movements go by datagrams",
    "Voices: Connected",
    "Window: 800 x 600 pixels, 1.5 of the screen for each",
    "Browser: Browser/1.0",
  ]);
});

it("without a connection it says since when, and that sockets are blocked where they are", () => {
  const lost = { kind: "reconnecting", since_ms: Date.UTC(2030, 0, 2), next_try_ms: 0, blocked: true } as const;
  const told = report(lost, HERE);
  expect(told).toContain("Lost since: 2030-01-02T00:00:00.000Z");
  expect(told).toContain("no WebSocket opens");
  expect(report({ kind: "connecting" }, HERE)).toContain("Connection: connecting");
});
