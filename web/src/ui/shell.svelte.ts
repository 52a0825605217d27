/**
 * What the interface itself remembers while the page is open: which drawer is open, what was read, how wide the window
 * is. Knows nothing of the room but its chat lines and whether build mode is on.
 */
import type { ChatLine } from "../core/chat";
import type { RoomApp } from "../core/room-app";
import { whisperKey } from "./logic/hearers";
import { type Size, isPhone, layoutOf } from "./logic/layout";

export type DrawerKind = "menu" | "people" | "chat" | "build" | "snapshots" | "room" | "settings";

/** The bar with its buttons and that of the thumbs need so much beside each other. */
const SLIM_PX = 500;

export class Shell {
  drawer = $state<DrawerKind | null>(null);
  help = $state(false);
  /** The connection's numbers, top right. */
  numbers = $state(false);
  size = $state.raw<Size>({ width_px: 1280, height_px: 720 });
  /** On windows like this drawers are sheets; the styles ask the same. */
  readonly phone = $derived(isPhone(this.size));
  /** What of the window the open drawer takes. */
  readonly layout = $derived(layoutOf(this.size, this.drawer));
  /** What is free is as narrow as a phone: there the bar is one button, too. */
  readonly slim = $derived(this.phone || this.size.width_px - this.layout.right_px < SLIM_PX);
  /** Fingers rather than a mouse; also set by the first touch. */
  touch = $state(false);
  /** The newest chat line that was on screen while the chat was open. */
  seen = $state.raw<ChatLine | null>(null);
  /** To whom the chat writes: the key of a way to be heard. */
  hearers = $state("everyone");
  /** Who was chosen last to be whispered to. */
  whispered_to = $state<string | null>(null);
  /** Whether the inspector shows all components: stays so from one selected thing to the next. */
  components_open = $state(false);
  /** And what happens there. */
  rules_open = $state(false);
  readonly #app: RoomApp;
  #opener: HTMLElement | null = null;

  constructor(app: RoomApp) {
    this.#app = app;
  }

  /** Opens a drawer; the same one again closes it. Building goes on with the drawer that was opened for it. */
  toggle(drawer: DrawerKind): void {
    if (this.drawer === drawer) this.close();
    else this.open(drawer);
  }

  open(drawer: DrawerKind): void {
    if (this.drawer === null) this.#opener = focused();
    this.drawer = drawer;
    this.numbers = false;
    if (drawer === "build") this.#app.building.build$.next(true);
  }

  /** Shows the connection's numbers, in a drawer's place. */
  toggleNumbers(): void {
    this.numbers = !this.numbers;
    if (this.numbers && this.drawer !== null) this.close();
  }

  /** Opens the chat to write to one person alone. */
  whisper(user_id: string): void {
    this.whispered_to = user_id;
    this.hearers = whisperKey(user_id);
    if (this.drawer !== "chat") this.open("chat");
  }

  /** Closes the drawer; on a wide window closing the build drawer ends building, on a phone it shows the room. */
  close(): void {
    if (this.drawer === "build" && !this.phone) this.#app.building.build$.next(false);
    this.drawer = null;
    // The focus returns to where it was, or to nothing, so that the next key walks instead of pressing a button.
    if (this.#opener?.isConnected) this.#opener.focus();
    else focused()?.blur();
    this.#opener = null;
  }

  /** Forgets what was open: the next visit begins with the room alone. */
  reset(): void {
    this.drawer = null;
    this.help = false;
    this.numbers = false;
    this.hearers = "everyone";
    this.whispered_to = null;
    this.#opener = null;
  }

  /** Ends building wherever the person is. */
  stopBuilding(): void {
    if (this.drawer === "build") this.drawer = null;
    this.#app.building.select(null);
    this.#app.building.build$.next(false);
    focused()?.blur();
  }

  /** Closes what is on top; with nothing open the menu opens. */
  escape(): void {
    if (this.help) this.help = false;
    else if (this.numbers) this.numbers = false;
    else if (this.drawer !== null) this.close();
    else if (this.#app.building.build$.value && this.#app.building.selection$.value !== null) this.#app.building.select(null);
    else this.open("menu");
  }
}

function focused(): HTMLElement | null {
  const element = document.activeElement;
  return element instanceof HTMLElement && element !== document.body ? element : null;
}
