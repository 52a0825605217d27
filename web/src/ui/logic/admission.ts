/** What is said at the door of a crowded room. Pure; the present moment is an argument. */
import type { Admission, RoomLoad } from "../../core/visit";
import { peopleCount } from "./names";
import { secondsUntil } from "./time";

/** While a join waits its turn. */
export function aheadWords(ahead: number): string {
  if (ahead <= 0) return "You are next.";
  return ahead === 1 ? "1 person is ahead of you." : `${ahead} people are ahead of you.`;
}

/** To someone who asked to enter and may only watch. */
export function crowdedWords(people: number): string {
  return `The room is full of people, so you are watching. There ${people === 1 ? "is" : "are"} ${people} inside.`;
}

/** Whether there is a place for someone who watches. */
export function mayEnter({ crowded, people_max }: Admission, people: number): boolean {
  return !crowded || people_max === null || people < people_max;
}

/** To someone for whom there is no place at all. */
export function fullWords(load: RoomLoad | null): string {
  if (load === null) return "Nobody else fits in right now.";
  const watching = Math.max(0, load.peers - load.people);
  const who = `${peopleCount(load.people)} ${load.people === 1 ? "is" : "are"} inside`;
  const others = watching === 0 ? "" : `, and ${watching} more ${watching === 1 ? "is" : "are"} watching`;
  return `${who}${others}. Nobody else fits in right now.`;
}

/** When the room is asked again. */
export function knockWords(next_try_ms: number, trying: boolean, now_ms: number): string {
  const seconds = secondsUntil(next_try_ms, now_ms);
  if (trying || seconds === 0) return "Asking for a place…";
  return `You will be let in as soon as there is a place. Next try in ${seconds}\u00a0s.`;
}
