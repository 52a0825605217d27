import { describe, expect, it } from "vitest";
import { brokenLine } from "./text_lines";

const broken = (line: string, width: number) => brokenLine(line, width, (each) => each.length);

describe("long lines", () => {
  it("short ones stay whole", () => {
    expect(broken("Welcome to Thexr", 20)).toEqual(["Welcome to Thexr"]);
  });

  it("break at words into lines about equally long, and lose nothing", () => {
    const rows = broken("Take it, stack it, throw it, sit down and stay", 30);
    expect(rows.join(" ")).toBe("Take it, stack it, throw it, sit down and stay");
    expect(rows.length).toBe(2);
    expect(Math.abs((rows[0]?.length ?? 0) - (rows[1]?.length ?? 0))).toBeLessThan(8);
  });

  it("a word that is too long stays in one piece", () => {
    expect(broken("see https://example.org/a/very/long/way", 12)).toEqual(["see", "https://example.org/a/very/long/way"]);
  });
});
