import { describe, expect, it, vi } from "vitest";
import { type Physics, Prediction } from "./physics";

function set(has_bodies = true) {
  const physics: Physics = { run: vi.fn(() => new Uint8Array([7])), free: vi.fn() };
  const core = {
    set_predicting: vi.fn(),
    has_bodies: vi.fn(() => has_bodies),
    orders: vi.fn((): Uint8Array | undefined => new Uint8Array([1, 2])),
    report: vi.fn(),
  };
  const load = vi.fn(() => Promise.resolve(physics));
  return { physics, core, load, prediction: new Prediction(core, load) };
}

async function pictures(prediction: Prediction, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) prediction.frame(at);
  await Promise.resolve();
}

describe("prediction", () => {
  it("fetches the simulation once, after the room is shown", async () => {
    const { prediction, load, core } = set();
    await pictures(prediction, 10);
    expect(load).not.toHaveBeenCalled();
    await pictures(prediction, 100);
    expect(load).toHaveBeenCalledTimes(1);
    expect(core.set_predicting).toHaveBeenCalledWith(true);
  });

  it("fetches nothing where nothing moves", async () => {
    const { prediction, load } = set(false);
    await pictures(prediction, 100);
    expect(load).not.toHaveBeenCalled();
    expect(prediction.is_on).toBe(false);
  });

  it("carries orders to the simulation and its reports back", async () => {
    const { prediction, physics, core } = set();
    await pictures(prediction, 100);
    prediction.frame(500);
    expect(physics.run).toHaveBeenCalledWith(new Uint8Array([1, 2]));
    expect(core.report).toHaveBeenCalledWith(new Uint8Array([7]), 500);
    core.orders.mockReturnValue(undefined);
    core.report.mockClear();
    prediction.frame(520);
    expect(core.report).not.toHaveBeenCalled();
  });

  it("goes on without one that cannot be had", async () => {
    const { core } = set();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const prediction = new Prediction(core, () => Promise.reject(new Error("no line")));
    await pictures(prediction, 200);
    await Promise.resolve();
    expect(prediction.is_on).toBe(false);
    expect(core.set_predicting).not.toHaveBeenCalled();
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it("frees a simulation that comes when the visit is over", async () => {
    const { prediction, physics } = set();
    for (let at = 0; at < 100; at += 1) prediction.frame(at);
    prediction.dispose();
    await Promise.resolve();
    expect(physics.free).toHaveBeenCalledTimes(1);
  });
});
