import { expect, test } from "vitest";
import { Headset } from "./headset";

function visit() {
  let over = () => {};
  const ended = new Promise<void>((resolve) => (over = resolve));
  return { ended, end: () => over() };
}

test("a headset is offered while it is there", () => {
  const headset = new Headset();
  expect(headset.state$.value).toBe("absent");
  headset.attach(async () => visit());
  expect(headset.state$.value).toBe("present");
  headset.attach(undefined);
  expect(headset.state$.value).toBe("absent");
});

test("a visit begins, is on, and ends at the page", async () => {
  const headset = new Headset();
  const states: string[] = [];
  headset.attach(async () => visit());
  headset.state$.subscribe((state) => states.push(state));
  await headset.enter();
  const ended = new Promise<void>((resolve) => headset.state$.subscribe((state) => state === "present" && resolve()));
  headset.leave();
  await ended;
  expect(states).toEqual(["present", "starting", "on", "present"]);
});

test("a headset that refuses is offered again", async () => {
  const headset = new Headset();
  headset.attach(() => Promise.reject(new Error("taken")));
  await expect(headset.enter()).rejects.toThrow("taken");
  expect(headset.state$.value).toBe("present");
});

test("without a headset nothing happens, and nobody goes in twice", async () => {
  const headset = new Headset();
  await headset.enter();
  expect(headset.state$.value).toBe("absent");
  let starts = 0;
  headset.attach(async () => ((starts += 1), visit()));
  await Promise.all([headset.enter(), headset.enter()]);
  expect(starts).toBe(1);
});

test("a visit that is not wanted any more when it begins ends at once", async () => {
  const headset = new Headset();
  headset.attach(async () => visit());
  const entering = headset.enter();
  headset.leave();
  const ended = new Promise<void>((resolve) => headset.state$.subscribe((state) => state === "present" && resolve()));
  await Promise.all([entering, ended]);
});

test("a headset that is unplugged during a visit is gone after it", async () => {
  const headset = new Headset();
  headset.attach(async () => visit());
  await headset.enter();
  headset.attach(undefined);
  expect(headset.state$.value).toBe("on");
  const gone = new Promise<void>((resolve) => headset.state$.subscribe((state) => state === "absent" && resolve()));
  headset.leave();
  await gone;
});
