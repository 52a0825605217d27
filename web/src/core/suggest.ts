/**
 * What a newcomer may be called and look like until they choose: a name out of two short words, a colour nobody here has.
 * Pure; dice are an argument.
 */
import { PALETTE } from "./memory";

const FIRST = ["Amber", "Bright", "Calm", "Clever", "Gentle", "Happy", "Kind", "Lucky", "Merry", "Quick", "Quiet", "Sunny"] as const;
const SECOND = ["Badger", "Finch", "Fox", "Hare", "Heron", "Lynx", "Marten", "Otter", "Owl", "Robin", "Seal", "Wren"] as const;

/** A name by `chance`, 0..1. */
export function suggestName(chance: number): string {
  const roll = Math.min(FIRST.length * SECOND.length - 1, Math.floor(chance * FIRST.length * SECOND.length));
  return `${FIRST[Math.floor(roll / SECOND.length)] ?? FIRST[0]} ${SECOND[roll % SECOND.length] ?? SECOND[0]}`;
}

/** The wanted colour, or the one of the palette that fewest here have when somebody has it. */
export function freeColor(wanted: string, taken: readonly string[]): string {
  const count = (color: string) => taken.filter((each) => each.toUpperCase() === color.toUpperCase()).length;
  if (count(wanted) === 0) return wanted;
  return [...PALETTE].sort((a, b) => count(a) - count(b))[0] ?? wanted;
}
