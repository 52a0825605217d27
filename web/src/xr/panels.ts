/**
 * The interface inside a headset: menu, keyboard, wrist, lines, log wall. Each is a sheet on a panel; here is where they
 * are, when they are laid out anew, and what opens and closes them.
 *
 * What they show and do is in their folders; which hand presses what in `hands_on`.
 */
import type { Scene } from "@babylonjs/core/scene";
import { merge } from "rxjs";
import { yawOf } from "../core/viewer";
import type { Hand } from "../scene/rig";
import { peopleCount } from "../ui/logic/names";
import { microphoneWords } from "../ui/logic/voice_words";
import type { HeadsetContext } from "./frame";
import { HandsOn, type Reachable } from "./hands_on";
import { KEYBOARD } from "./keyboard/lay_out";
import { LINES, layOutLines } from "./lines/lay_out";
import { Lines } from "./lines/lines";
import { MENU } from "./menu/frame";
import { Menu, barsOf } from "./menu/menu";
import { Follower } from "./panel/follow";
import { type Look, newMeasure, readLook } from "./panel/look";
import { Surface } from "./panel/surface";
import type { Measure } from "./panel/wrap";
import { type Spot, Standpoint } from "./standpoint";
import { WALL, layOutWall } from "./wall/wall";
import { WRIST, WristSight, layOutWrist } from "./wrist/wrist";

/** How far away panels are, metres, and how far below the eye their middles are seen, radians. */
const MENU_AT = { m: 0.62, down: 0.07 };
const KEYBOARD_AT = { m: 0.56, down: 0.52 };
const WALL_AT = { m: 1.6, down: 0.02 };
const LINES_AT = { m: 1.2, down: 0.14, down_over_menu: -0.42 };
/** The wrist's panel looks as large as others at this distance, metres. */
const WRIST_M = 0.42;
/** Panels drawn in one frame: each costs a millisecond or two. */
const DRAWN_PER_FRAME_MAX = 2;
/** How often words that tell the time or numbers are looked at again, milliseconds. */
const TICK_MS = 1_000;

export function panels(context: HeadsetContext): () => void {
  const interior = new Panels(context);
  context.onFrame(() => interior.step());
  return () => interior.dispose();
}

class Panels {
  readonly #context: HeadsetContext;
  readonly #measure: Measure;
  readonly #menu: Menu;
  readonly #lines: Lines;
  readonly #hands: HandsOn;
  readonly #follower = new Follower();
  readonly #wrist_sight = new WristSight();
  readonly #surfaces: { readonly [name in "menu" | "keyboard" | "wrist" | "lines" | "wall"]: Surface };
  readonly #reachable: readonly Reachable[];
  readonly #wrist: Reachable;
  /** In the order in which they are drawn. */
  readonly #all: readonly Surface[];
  readonly #standpoint = new Standpoint();
  #wall_screen = 0;
  #wall_changed = true;
  /** What of the menu was laid out last, and of the wrist. */
  #menu_version = -1;
  #wrist_version = -1;
  #wrist_open = false;
  #next_tick_ms = 0;
  /** Held down when the headset is put on, the button means something else. */
  #asked_before = true;
  #hinted = false;
  readonly #heard;

  constructor(context: HeadsetContext) {
    const { app, stage, haptics } = context;
    this.#context = context;
    this.#hands = new HandsOn(haptics);
    const look = readLook();
    this.#measure = newMeasure(look);
    this.#menu = new Menu(app, this.#around());
    this.#lines = new Lines(app, () => this.#menu.isOpen && this.#menu.state.page === "chat");
    this.#surfaces = newSurfaces(stage.scene, stage.floor, look);
    const { menu, keyboard, wrist, lines, wall } = this.#surfaces;
    this.#wrist = { surface: wrist, in_rig: true, carrier: undefined };
    const inRoom = (surface: Surface): Reachable => ({ surface, in_rig: false, carrier: undefined });
    this.#reachable = [inRoom(menu), inRoom(keyboard), this.#wrist, inRoom(wall)];
    this.#all = [keyboard, menu, wrist, lines, wall];
    stage.panels = () => this.#all.filter((surface) => surface.shown).map((surface) => surface.facts(stage.rig));
    this.#heard = merge(app.log.lines$, app.people.relations$).subscribe(() => (this.#wall_changed = true));
  }

  step(): void {
    const { app, stage, pointer, reading, clock } = this.#context;
    this.#standpoint.step(stage.rig);
    if (!this.#hinted) this.#hint();
    this.#askForMenu();
    this.#tick();
    this.#carryWrist();
    this.#carryLines();
    this.#layOut();
    reading.menu = this.#menu.isOpen;
    this.#hands.step(this.#reachable, pointer, stage.rig, clock.now_ms);
    const { reduce_motion } = app.preferences.settings$.value;
    let drawn = 0;
    for (const surface of this.#all) {
      if (drawn < DRAWN_PER_FRAME_MAX && surface.draw()) drawn += 1;
      surface.fade(clock.dt_s, reduce_motion);
    }
  }

  dispose(): void {
    this.#context.stage.panels = () => [];
    this.#heard.unsubscribe();
    this.#lines.dispose();
    this.#menu.dispose();
    for (const surface of this.#all) surface.dispose();
  }

  // ---- what opens and closes --------------------------------------------------------------------------------------

  /** The hand that does not point carries the wrist's panel and has the menu's button. */
  get #other(): Hand {
    const { rig } = this.#context.stage;
    return this.#context.pointer.hand === rig.left ? rig.right : rig.left;
  }

  /** Where the menu is, once the hands are known. */
  #hint(): void {
    const { app, stage } = this.#context;
    const hand = this.#other;
    if (!hand.tracked) return;
    this.#hinted = true;
    const [button, side] = hand === stage.rig.left ? ["Y", "left"] : ["B", "right"];
    const look = `look at the inside of your ${side} wrist`;
    app.hud.hud$.next({ text: hand.jointed ? `For the menu, ${look}.` : `For the menu, press ${button} or ${look}.`, tone: "plain" });
  }

  /** The upper button of the hand that does not point. */
  #askForMenu(): void {
    const { upper_pressed } = this.#other;
    if (upper_pressed && !this.#asked_before) this.#toggle();
    this.#asked_before = upper_pressed;
  }

  /** A menu that stands elsewhere is fetched rather than closed. */
  #toggle(): void {
    if (this.#menu.isOpen && this.#isAtHand()) return this.#close();
    if (!this.#menu.isOpen) this.#menu.open();
    this.#put(this.#surfaces.menu, MENU_AT);
    this.#put(this.#surfaces.keyboard, KEYBOARD_AT);
  }

  #close(): void {
    this.#menu.close();
    this.#surfaces.menu.shown = this.#surfaces.keyboard.shown = false;
  }

  #isAtHand(): boolean {
    return this.#standpoint.isAtHand(this.#surfaces.menu.place);
  }

  #put(surface: Surface, spot: Spot): void {
    this.#standpoint.put(surface.place, spot, this.#context.stage.solids);
    surface.move();
  }

  #around() {
    const wall = (): Surface => this.#surfaces.wall;
    const { viewer } = this.#standpoint;
    return {
      get walled() {
        return wall().shown;
      },
      viewer,
      beside: () => this.#standpoint.beside(),
      close: () => this.#close(),
      // Where one looks: the menu would stand before it.
      putUpWall: () => {
        this.#close();
        this.#put(wall(), WALL_AT);
        [this.#wall_screen, this.#wall_changed] = [0, true];
        wall().shown = true;
      },
      takeDownWall: () => {
        wall().shown = false;
        this.#menu.touch();
      },
    };
  }

  // ---- what goes along --------------------------------------------------------------------------------------------

  #carryWrist(): void {
    const { rig } = this.#context.stage;
    const { head } = rig;
    const hand = this.#other;
    this.#wrist.carrier = hand;
    this.#wrist_sight.step(hand, hand === rig.left, head);
    const surface = this.#surfaces.wrist;
    surface.shown = this.#wrist_sight.shown;
    if (!surface.shown) return;
    const { x, y, z, yaw, pitch } = this.#wrist_sight;
    surface.place.put(x, y, z, yaw, pitch, WRIST_M);
    surface.move();
  }

  #carryLines(): void {
    const { app, stage, clock } = this.#context;
    const { head } = stage.rig;
    const yaw = yawOf(head[3] ?? 0, head[4] ?? 0, head[5] ?? 0, head[6] ?? 1);
    const { reduce_motion } = app.preferences.settings$.value;
    this.#follower.step(head[0] ?? 0, head[1] ?? 0, head[2] ?? 0, yaw, clock.dt_s, reduce_motion);
    const { lines } = this.#surfaces;
    const over = this.#menu.isOpen && this.#isAtHand();
    const down = over ? LINES_AT.down_over_menu : LINES_AT.down;
    lines.place.before(this.#follower.point, this.#follower.yaw, down, LINES_AT.m);
    lines.move();
  }

  // ---- what is shown ----------------------------------------------------------------------------------------------

  #tick(): void {
    const { now_ms } = this.#context.clock;
    if (now_ms < this.#next_tick_ms) return;
    this.#next_tick_ms = now_ms + TICK_MS;
    if (this.#menu.isOpen && this.#menu.state.page === "room") this.#menu.touch();
  }

  #layOut(): void {
    const wall_ms = Date.now();
    this.#layOutMenu(wall_ms);
    const { lines, wall } = this.#surfaces;
    if (this.#lines.step(this.#context.clock.now_ms, wall_ms)) {
      const standing = this.#lines.standing(wall_ms);
      lines.shown = standing.length > 0;
      this.#context.reading.banner = standing.some(({ banner_ms }) => banner_ms !== undefined);
      // The last one fades as it stands.
      if (lines.shown) lines.put(layOutLines(standing, this.#measure));
    }
    if (wall.shown && this.#wall_changed) this.#layOutWall();
    if (this.#surfaces.wrist.shown) this.#layOutWrist();
  }

  #layOutMenu(wall_ms: number): void {
    const { menu, keyboard } = this.#surfaces;
    if (!this.#menu.isOpen || this.#menu.version === this.#menu_version) return;
    this.#menu_version = this.#menu.version;
    menu.put(this.#menu.layOut(this.#measure, wall_ms));
    const keys = this.#menu.layOutKeyboard(this.#measure);
    menu.shown = true;
    keyboard.shown = keys !== undefined;
    if (keys !== undefined) keyboard.put(keys);
  }

  #layOutWall(): void {
    this.#wall_changed = false;
    const { app } = this.#context;
    const hands = {
      screen: this.#wall_screen,
      show: (screen: number) => {
        this.#wall_screen = screen;
        this.#wall_changed = true;
      },
      close: () => this.#around().takeDownWall(),
    };
    this.#surfaces.wall.put(layOutWall(app.log.lines$.value, app.people.relations$.value, hands, this.#measure));
  }

  #layOutWrist(): void {
    const open = this.#menu.isOpen && this.#isAtHand();
    if (this.#wrist_version === this.#menu.version && this.#wrist_open === open) return;
    [this.#wrist_version, this.#wrist_open] = [this.#menu.version, open];
    const { app } = this.#context;
    const words = {
      room: app.room.name,
      people: peopleCount(app.people.people$.value.length),
      bars: barsOf(app.visit.connection$.value),
      unread: this.#menu.unread,
      open,
      microphone: microphoneWords(app.voice.microphone$.value, false),
    };
    const acts = { toggle: () => this.#toggle(), talk: () => app.voice.press() };
    this.#surfaces.wrist.put(layOutWrist(words, acts, this.#measure));
  }
}

function newSurfaces(scene: Scene, floor: HeadsetContext["stage"]["floor"], look: Look) {
  const make = (name: string, size: { readonly width: number; readonly height: number }, more: object = {}): Surface =>
    new Surface(scene, { name, size, backed: true, over: false, ...more }, look);
  return {
    menu: make("menu", MENU),
    keyboard: make("keyboard", KEYBOARD),
    wrist: make("wrist", WRIST, { parent: floor }),
    lines: make("lines", LINES, { parent: floor, backed: false, over: true }),
    wall: make("log wall", WALL),
  };
}
