/**
 * How loud this visitor wants to hear whom, and whom not at all: remembered by user id in this browser. Others do not
 * learn of it. Knows no audio.
 */
import { BehaviorSubject } from "rxjs";
import { UNHEARD_MAX } from "./generated";
import { isObject, type Json, member, number } from "./json";
import { type Memory, read, write } from "./memory";

const KEY = "thexr.voices";
/** People about whom something is remembered, as many as the room takes for muted. The oldest choice is forgotten first. */
export const CHOICES_MAX = UNHEARD_MAX;
/** The loudest one may make somebody, as a share of how loud they are. */
export const VOLUME_MAX = 2;

export interface VoiceChoice {
  /** 0 to `VOLUME_MAX`; 1 is as they are. */
  readonly volume: number;
  /** Muted for this visitor alone: not even sent. */
  readonly muted: boolean;
}

export const USUAL_CHOICE: VoiceChoice = { volume: 1, muted: false };

export type Choices = ReadonlyMap<string, VoiceChoice>;

export class VoiceChoices {
  readonly choices$: BehaviorSubject<Choices>;

  constructor(memory: Memory) {
    this.choices$ = new BehaviorSubject(readChoices(read(memory, KEY)));
    this.choices$.subscribe((choices) => write(memory, KEY, Object.fromEntries([...choices].map(([id, choice]) => [id, { ...choice }]))));
  }

  of(user_id: string): VoiceChoice {
    return this.choices$.value.get(user_id) ?? USUAL_CHOICE;
  }

  set(user_id: string, change: Partial<VoiceChoice>): void {
    this.choices$.next(withChoice(this.choices$.value, user_id, { ...this.of(user_id), ...change }));
  }
}

/** Whom the room need not send. */
export function unheard(choices: Choices): readonly string[] {
  return [...choices].filter(([, { muted }]) => muted).map(([user_id]) => user_id);
}

/** The choices with another one, which is the newest; one that says nothing is forgotten. */
export function withChoice(choices: Choices, user_id: string, choice: VoiceChoice): Choices {
  const next = new Map(choices);
  next.delete(user_id);
  if (choice.muted || choice.volume !== USUAL_CHOICE.volume) next.set(user_id, choice);
  for (const oldest of next.keys()) {
    if (next.size <= CHOICES_MAX) break;
    next.delete(oldest);
  }
  return next;
}

function readChoices(kept: Json | undefined): Choices {
  if (!isObject(kept)) return new Map();
  const read = Object.entries(kept).map(([user_id, choice]): [string, VoiceChoice] => {
    const volume = Math.min(VOLUME_MAX, Math.max(0, number(member(choice, "volume")) ?? USUAL_CHOICE.volume));
    return [user_id, { volume, muted: member(choice, "muted") === true }];
  });
  return new Map(read.slice(-CHOICES_MAX));
}
