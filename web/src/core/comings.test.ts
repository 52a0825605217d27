import { describe, expect, it } from "vitest";
import { Comings, GATHER_MS, NAMED_MAX } from "./comings";

describe("comings and goings", () => {
  it("a few people are told by name at once", () => {
    const comings = new Comings();
    expect(comings.note("in", "Ana", 0)?.text).toBe("Ana came in");
    expect(comings.note("out", "Ben", 10)?.text).toBe("Ben left");
    expect(comings.due(10 * GATHER_MS)).toEqual([]);
  });

  it("a storm is told as numbers, those who came and those who went apart", () => {
    const comings = new Comings();
    for (let count = 0; count < NAMED_MAX + 12; count += 1) comings.note("in", `Guest ${count}`, count);
    for (let count = 0; count < 4; count += 1) comings.note("out", `Guest ${count}`, 100 + count);
    expect(comings.due(GATHER_MS - 1)).toEqual([]);
    expect(comings.due(GATHER_MS).map((line) => line.text)).toEqual(["12 people came in", "4 people left"]);
    expect(comings.due(10 * GATHER_MS)).toEqual([]);
  });

  it("the last of a storm has a name when there is only one", () => {
    const comings = new Comings();
    for (let count = 0; count <= NAMED_MAX; count += 1) comings.note("in", `Guest ${count}`, 0);
    expect(comings.due(GATHER_MS).map((line) => line.text)).toEqual([`Guest ${NAMED_MAX} came in`]);
  });

  it("a storm of a hundred people a second is two lines every two seconds, and every one is counted", () => {
    const comings = new Comings();
    const lines: string[] = [];
    for (let now_ms = 0; now_ms < 10_000; now_ms += 10) {
      const line = comings.note("in", "Someone", now_ms);
      lines.push(...[...(line === undefined ? [] : [line]), ...comings.due(now_ms)].map((each) => each.text));
    }
    lines.push(...comings.due(10_000 + GATHER_MS).map((each) => each.text));
    expect(lines.length).toBeLessThan(NAMED_MAX + 8);
    const counted = lines.map((text) => Number(/^(\d+) people/.exec(text)?.[1] ?? 1));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(1_000);
  });

  it("when it is quiet again people have names again", () => {
    const comings = new Comings();
    for (let count = 0; count < 20; count += 1) comings.note("in", "Someone", 0);
    comings.due(GATHER_MS);
    expect(comings.note("in", "Zoe", 3 * GATHER_MS)?.text).toBe("Zoe came in");
  });
});
