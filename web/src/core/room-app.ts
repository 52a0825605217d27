/**
 * What interface and systems share, feature by feature: what is known as observables, what can be done as commands.
 *
 * Owns how the features hang together and nothing else. Must not know core, sockets, Svelte or Babylon.
 */
import { Subject } from "rxjs";
import { Arena } from "./arena";
import { Building } from "./building";
import { Models } from "./models";
import { Chat } from "./chat";
import { Headset } from "./headset";
import { Holding } from "./holding";
import { Hud } from "./hud";
import type { Json } from "./json";
import { Keyboard } from "./keyboard";
import { RoomLog } from "./log";
import type { Memory } from "./memory";
import { RoomMovement } from "./movement_rules";
import { RoomSky } from "./room_sky";
import type { Page } from "./page";
import { People } from "./people";
import { OwnProfile } from "./profile";
import { RoomRights, can } from "./rights";
import { Screens } from "./screens";
import { Games } from "./games";
import { Seating } from "./seating";
import { Preferences } from "./settings";
import { SavedStates } from "./states";
import { type TouchInput, newTouch } from "./touch";
import { type Viewer, newViewer } from "./viewer";
import { Visit } from "./visit";
import { Rounds } from "./rounds";
import { OwnVitals } from "./vitals";
import { MotionWay } from "./motion_way";
import { Voice } from "./voice";
import { Weapons } from "./weapons";
import { Wishes } from "./wishes";

export type Fact = { readonly event: string; readonly payload: Json; readonly seq: number; readonly at_ms: number };

export class RoomApp {
  readonly room: Page["room"];
  readonly user_id: string;
  readonly hud = new Hud();
  readonly wishes = new Wishes(this.hud);
  readonly visit = new Visit(this.wishes);
  readonly people = new People(this.wishes);
  readonly rights = new RoomRights(this.wishes);
  readonly chat = new Chat(this.wishes);
  readonly log = new RoomLog(this.hud, this.chat, () => Date.now());
  readonly states = new SavedStates(this.wishes);
  readonly seating = new Seating(this.wishes);
  readonly screens = new Screens(this.wishes);
  readonly holding = new Holding(this.wishes);
  readonly vitals = new OwnVitals();
  readonly games = new Games(this.wishes, this.vitals);
  readonly rounds: Rounds;
  readonly profile: OwnProfile;
  readonly preferences: Preferences;
  readonly building: Building;
  readonly movement: RoomMovement;
  readonly models: Models;
  readonly sky: RoomSky;
  readonly voice: Voice;
  readonly motion = new MotionWay();
  readonly headset = new Headset();
  readonly keyboard = new Keyboard();
  /** What shooters are told and seen by. */
  readonly arena = new Arena();
  readonly weapons = new Weapons(this.wishes, this.hud);
  readonly touch: TouchInput = newTouch();
  /** Where the visitor is; written by the movement system. */
  readonly viewer: Viewer = newViewer();
  /** All facts of the room as they are told. */
  readonly events$ = new Subject<Fact>();

  constructor(page: Page, memory: Memory, chance: number, reduce_motion: boolean) {
    this.room = page.room;
    this.user_id = page.user_id;
    this.rounds = new Rounds(page.user_id);
    this.profile = new OwnProfile(this.wishes, memory, chance);
    this.preferences = new Preferences(memory, reduce_motion);
    this.voice = new Voice(memory, async () => (await import("../voice/voices")).startVoices(this));
    this.building = new Building(this.wishes, this.viewer, this.hud);
    this.movement = new RoomMovement(this.building);
    this.models = new Models(this.building, this.viewer);
    this.sky = new RoomSky(this.building);
    this.rights.rights$.subscribe((rights) => {
      if (this.building.build$.value && !can(rights, "build")) this.building.build$.next(false);
    });
  }

  dispose(): void {
    this.wishes.port?.dispose();
  }
}
