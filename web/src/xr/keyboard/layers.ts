/** The letters of the keyboard and the relatives that a letter has. Pure data. */

export type Layer = "letters" | "signs";

/** Line by line; the commands stand around them. */
export const LAYERS: { readonly [layer in Layer]: readonly string[] } = {
  letters: ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
  signs: ["1234567890", "äöüß@#€&/", "-_:'\"()"],
};

/** Letters under another letter: held on, its key offers them. */
export const RELATIVES: { readonly [letter: string]: string } = {
  a: "äàáâãåæ",
  c: "çčć",
  d: "ðđ",
  e: "éèêëę",
  i: "íìîï",
  l: "ł",
  n: "ñń",
  o: "öóòôõøœ",
  s: "ßšś",
  t: "þ",
  u: "üúùû",
  y: "ýÿ",
  z: "žźż",
};

/** Beside the space bar. */
export const MARKS = [",", ".", "?", "!"] as const;
