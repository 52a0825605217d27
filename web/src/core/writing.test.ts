/** Text as people write it; the room's own tests have the same cases (`crates/room/src/text.rs`). */
import { describe, expect, it } from "vitest";
import { characterCount, folded, isSeen, isolated, letters, shown, spelt, wellFormed, wellFormedJson } from "./writing";

describe("writing", () => {
  it("has no half characters, wherever they hide in a payload", () => {
    expect(wellFormed("a\uD83D b\uDE00 😀")).toBe("a\uFFFD b\uFFFD 😀");
    const payload = { "k\uD800": [1, { deep: "\uDFFFx" }], text: "fine", none: null };
    expect(JSON.stringify(wellFormedJson(payload))).not.toMatch(/\\ud[89a-f]/i);
    expect(wellFormedJson(payload)).toMatchObject({ text: "fine", none: null });
  });

  it("what looks the same is the same", () => {
    for (const written of ["Zo\u00EB", "Zoe\u0308", " Zo\u200B\u00EB\uFEFF ", "\u202EZo\u00EB\u202C", "\u2067Zoë"]) {
      expect(spelt(written)).toBe("Zoë");
    }
    expect(spelt("\u1100\u1161")).toBe("가");
  });

  it("scripts and emoji keep what they are made of", () => {
    for (const kept of ["می\u200Cخواهم", "👩\u200D👩\u200D👧", "🏴\u{E0067}\u{E0062}\u{E0065}\u{E007F}", "❤\uFE0F", "नमस्ते"]) {
      expect(spelt(kept)).toBe(kept.normalize("NFC"));
    }
  });

  it("a letter keeps a few marks of ten thousand", () => {
    const heaped = `a${"\u0301\u0323\u0489".repeat(3_333)}b`;
    expect([...shown(heaped)].length).toBeLessThanOrEqual(8);
    expect(spelt(heaped).endsWith("b")).toBe(true);
  });

  it("what nobody sees is nothing", () => {
    for (const written of ["", " \n ", "\u3164", "\u200D\u200D", "\u2800", "\u0301", "\u{E0041}", "\u202E"]) {
      expect(isSeen(written), JSON.stringify(written)).toBe(false);
    }
    expect(isSeen("👍🏽")).toBe(true);
  });

  it("characters are counted as the room counts them", () => {
    expect(characterCount("e\u0301".repeat(40))).toBe(40);
    expect(characterCount(" a\u200B ")).toBe(1);
  });

  it("a name that is read from right to left is kept apart from the words around it", () => {
    expect(isolated("Ada")).toBe("Ada");
    expect(isolated("שלום")).toBe("\u2068שלום\u2069");
    expect(isolated("ada محمد")).toContain("\u2068");
  });

  it("is cut between letters, never within one", () => {
    expect(letters("e\u0301👩\u200D👧🇩🇪x")).toEqual(["e\u0301", "👩\u200D👧", "🇩🇪", "x"]);
  });

  it("is found whatever its case, accents and spelling", () => {
    expect(folded("ZOE\u0308")).toBe(folded("zoë"));
    expect(folded("Ünal").includes(folded("una"))).toBe(true);
  });
});
