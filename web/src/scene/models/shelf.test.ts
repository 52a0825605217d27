import type { Scene } from "@babylonjs/core/scene";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Daylight } from "../daylight";
import { MODELS_MAX, Shelf } from "./shelf";

const shelf = () => new Shelf({} as Scene, {} as Daylight);
const answering = (answer: () => unknown) => {
  const fetched = vi.fn(() => Promise.resolve(answer()));
  vi.stubGlobal("fetch", fetched);
  return fetched;
};

afterEach(() => vi.unstubAllGlobals());

describe("models that cannot be shown", () => {
  it("are fetched once, however often a room names them, and again when somebody places one", async () => {
    const fetched = answering(() => ({ ok: false, status: 404 }));
    const models = shelf();
    for (let n = 0; n < 5; n += 1) await expect(models.take("/models/gone.glb")).rejects.toThrow("no such file");
    expect(fetched).toHaveBeenCalledTimes(1);
    await expect(models.take("/models/gone.glb", true)).rejects.toThrow("no such file");
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it("are not fetched without end by whoever changes the address all the time", async () => {
    const fetched = answering(() => ({ ok: false, status: 500 }));
    const models = shelf();
    for (let n = 0; n < MODELS_MAX; n += 1) await expect(models.take(`/models/a.glb?${n}`)).rejects.toThrow("500");
    await expect(models.take("/models/one-more.glb")).rejects.toThrow(`${MODELS_MAX} models`);
    expect(fetched).toHaveBeenCalledTimes(MODELS_MAX);
  });

  it("are left when they are larger than a phone holds", async () => {
    const cancelled = vi.fn(() => Promise.resolve());
    const read = vi.fn(() => Promise.resolve({ value: new Uint8Array(8 * 1024 * 1024) }));
    answering(() => ({ ok: true, body: { getReader: () => ({ read, cancel: cancelled }) } }));
    await expect(shelf().take("/models/endless.glb")).rejects.toThrow("larger than 32 MiB");
    expect(cancelled).toHaveBeenCalledTimes(1);
    expect(read).toHaveBeenCalledTimes(5);
  });

  it("wait for each other, a few at a time", async () => {
    let open = 0;
    let most = 0;
    const fetched = vi.fn(async () => {
      most = Math.max(most, (open += 1));
      await Promise.resolve();
      open -= 1;
      return { ok: false, status: 404 };
    });
    vi.stubGlobal("fetch", fetched);
    const models = shelf();
    await Promise.allSettled(Array.from({ length: 9 }, (_, n) => models.take(`/models/${n}.glb`)));
    expect([fetched.mock.calls.length, most]).toEqual([9, 2]);
  });
});
