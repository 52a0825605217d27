/** What every component of the interface can reach: the room's contract, the shell's state and the keys. */
import type { BehaviorSubject } from "rxjs";
import { createContext } from "svelte";
import type { Memory } from "../core/memory";
import type { RoomApp } from "../core/room-app";
import type { KeyMap } from "./keys";
import type { Shell } from "./shell.svelte";

export interface Ui {
  readonly app: RoomApp;
  readonly shell: Shell;
  readonly keys$: BehaviorSubject<KeyMap>;
  readonly memory: Memory;
}

export const [useUi, provideUi] = createContext<Ui>();
