/** What is said while reconnecting. */
import { expect, it } from "vitest";
import { LONG_WAIT_MS, reconnectWords } from "./reconnect";

const lost = (next_try_ms: number, blocked = false) => ({ kind: "reconnecting", since_ms: 0, next_try_ms, blocked }) as const;

it("the next try is counted down", () => {
  expect(reconnectWords(lost(5_000), 3_200)).toEqual({ title: "Reconnecting…", detail: "Next try in 2 s" });
  expect(reconnectWords(lost(5_000), 5_000).detail).toBe("Trying now");
});

it("after thirty seconds people hear that nothing is lost", () => {
  const words = reconnectWords(lost(LONG_WAIT_MS + 4_000), LONG_WAIT_MS);
  expect(words).toEqual({ title: "Still trying", detail: "Nothing you did is lost. Next try in 4 s" });
});

it("what waits to be sent is counted", () => {
  expect(reconnectWords(lost(2_000), 0, 1).detail).toBe("Next try in 2 s. One thing you did waits to be sent.");
  expect(reconnectWords(lost(LONG_WAIT_MS), LONG_WAIT_MS, 3).detail).toBe("Trying now. 3 things you did wait to be sent.");
});

it("a network that lets no sockets through is named, with what to do, and the next try is told", () => {
  const { title, detail } = reconnectWords(lost(4_000, true), 0, 2);
  expect(title).toBe("No live connection");
  expect(detail).toMatch(/WebSockets.*another network.*2 things you did wait to be sent\. Next try in 4 s$/);
});
