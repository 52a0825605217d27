/** What is said while reconnecting. */
import { expect, it } from "vitest";
import { LONG_WAIT_MS, reconnectWords } from "./reconnect";

it("the next try is counted down", () => {
  expect(reconnectWords(0, 5_000, 3_200)).toEqual({ title: "Reconnecting…", detail: "Next try in 2 s" });
  expect(reconnectWords(0, 5_000, 5_000).detail).toBe("Trying now");
});

it("after thirty seconds people hear that nothing is lost", () => {
  const words = reconnectWords(0, LONG_WAIT_MS + 4_000, LONG_WAIT_MS);
  expect(words).toEqual({ title: "Still trying", detail: "Nothing you did is lost. Next try in 4 s" });
});
