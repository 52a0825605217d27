/**
 * The room's interface: everything over the 3D view. Owns what is shown and asked; knows the room only through `RoomApp`
 * and nothing of the scene.
 */
import { mount, unmount } from "svelte";
import "../tokens.css";
import type { RoomApp } from "../core/room-app";
import Root, { type RoomUi } from "./Root.svelte";
import type { Ui } from "./context";
import { followLayout } from "./keyboard_layout";
import { composes, rememberedKeys, takesTyping } from "./keys";
import type { Size } from "./logic/layout";
import { browserMemory } from "./logic/remembered";
import { Shell } from "./shell.svelte";

/** Puts the interface over the view inside `target`, that of the room once it has come; returns its disposer. */
export function mountUi(app: RoomApp, target: HTMLElement, room_ui: Promise<RoomUi>): () => void {
  const memory = browserMemory();
  const shell = new Shell(app);
  const ui: Ui = { app, shell, memory, keys$: rememberedKeys(memory) };
  const stops = [
    followSize((size) => (shell.size = size)),
    follow("(pointer: coarse)", (coarse) => (shell.touch = coarse)),
    onFirstTouch(() => (shell.touch = true)),
    fillWindow(),
    followLayout(app.keyboard),
  ];
  const root = mount(Root, { target, props: { ui, room_ui } });
  stops.push(keepTyping(target));
  return () => {
    for (const stop of stops) stop();
    ui.keys$.complete();
    void unmount(root);
  };
}

function follow(query: string, set: (matches: boolean) => void): () => void {
  const list = window.matchMedia(query);
  const onChange = (): void => set(list.matches);
  onChange();
  list.addEventListener("change", onChange);
  return () => list.removeEventListener("change", onChange);
}

function followSize(set: (size: Size) => void): () => void {
  const onResize = (): void => set({ width_px: window.innerWidth, height_px: window.innerHeight });
  onResize();
  window.addEventListener("resize", onResize);
  return () => window.removeEventListener("resize", onResize);
}

/** A laptop with a touch screen says "mouse" until a finger comes. */
function onFirstTouch(then: () => void): () => void {
  const onPointer = (event: PointerEvent): void => {
    if (event.pointerType === "touch") then();
  };
  window.addEventListener("pointerdown", onPointer, { capture: true });
  return () => window.removeEventListener("pointerdown", onPointer, { capture: true });
}

/** The page neither scrolls, bounces nor zooms while the room fills it (styles in Root.svelte). */
function fillWindow(): () => void {
  document.documentElement.classList.add("thexr-room");
  return () => document.documentElement.classList.remove("thexr-room");
}

/**
 * Letters typed into a field must not walk the avatar: they stop here, before the window's listeners. Escape goes on,
 * and so does every release, or a key held before would stay down. What an input method takes reaches no field's own
 * listener either: the Enter that chooses a word sends nothing, in whichever field.
 */
function keepTyping(target: HTMLElement): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (takesTyping(event.target) && event.key !== "Escape") event.stopPropagation();
  };
  const onComposing = (event: KeyboardEvent): void => {
    if (composes(event)) event.stopPropagation();
  };
  target.addEventListener("keydown", onComposing, { capture: true });
  target.addEventListener("keydown", onKeyDown);
  return () => {
    target.removeEventListener("keydown", onComposing, { capture: true });
    target.removeEventListener("keydown", onKeyDown);
  };
}
