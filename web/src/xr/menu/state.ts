/** What the menu remembers, and what its pages are given to do things with. Pure. */
import type { Reply } from "../../core/commands";
import type { RoomApp } from "../../core/room-app";
import type { Viewer } from "../../core/viewer";
import type { Writing } from "../keyboard/keyboard";

export type PageName = "people" | "chat" | "things" | "states" | "comfort" | "room";

export interface MenuState {
  readonly page: PageName;
  /** Which of a page's screens is shown. */
  readonly screen: number;
  /** Who is looked at on the page of people, by id. */
  readonly person: string | null;
  /** What is in the names of the people who are listed. */
  readonly sought: string;
  /** To whom the chat writes: the key of a way to be heard. */
  readonly hearers: string;
  /** Who was chosen last to be whispered to. */
  readonly whispered_to: string | null;
  /** What was asked for and wants a second press. */
  readonly asked: string | null;
  /** What of the selected thing is shown: how it looks, where it is, what people may do with it. */
  readonly facet: "looks" | "place" | "uses" | "models";
  /** Why the last wish was refused. */
  readonly refusal: string | null;
}

export const AT_FIRST: MenuState = {
  page: "people",
  screen: 0,
  person: null,
  sought: "",
  hearers: "everyone",
  whispered_to: null,
  asked: null,
  facet: "looks",
  refusal: null,
};

/** What is done around the menu rather than in the room. */
export interface Around {
  /** Whether the log wall stands. */
  readonly walled: boolean;
  /** Where the visitor stands and looks now, their head's turn included. */
  readonly viewer: Viewer;
  /** The same, looking past the menu: what is put there is seen. */
  beside(): Viewer;
  putUpWall(): void;
  takeDownWall(): void;
  close(): void;
}

/** What a page is given. */
export interface Desk {
  readonly app: RoomApp;
  readonly state: MenuState;
  readonly around: Around;
  /** The clock on the wall, milliseconds. */
  readonly now_ms: number;
  /** Whoever watches has no avatar: they look, and do little else. */
  readonly observing: boolean;
  /** What is being written, if anything. */
  readonly writing: Writing | null;
  /** Goes on with another state; a screen that is not named is the first. */
  go(change: Partial<MenuState>): void;
  /** Waits for an answer and shows a refusal; true when it was accepted. */
  attempt(reply: Promise<Reply>): Promise<boolean>;
  /** Lets the visitor write. */
  write(writing: Writing): void;
}
