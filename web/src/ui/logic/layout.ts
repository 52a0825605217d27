/**
 * Where things stand over the view: a drawer takes a part of the window, and everything else shares what is free. Pure.
 *
 * ```text
 * beside                     half (building on a phone)   whole (other drawers there)
 * ┌───────────────┬───────┐  ┌─────────┐                  ┌─────────┐
 * │ free          │drawer │  │ free    │                  │ drawer  │
 * │               │       │  ├─────────┤                  │         │
 * └───────────────┴───────┘  │ drawer  │                  │         │
 *                            └─────────┘                  └─────────┘
 * ```
 */
import type { DrawerKind } from "../shell.svelte";

export interface Size {
  readonly width_px: number;
  readonly height_px: number;
}

export interface Layout {
  readonly place: "beside" | "half" | "whole";
  /** The drawer's width beside the view, its height below it. */
  readonly drawer_px: number;
  /** What of the window the drawer takes. */
  readonly right_px: number;
  readonly bottom_px: number;
  /** Whether the view itself keeps to what is free: else its middle, where one points, would lie under the drawer. */
  readonly view_yields: boolean;
}

/** Nothing is open. */
const NOTHING = { drawer_px: 0, right_px: 0, bottom_px: 0, view_yields: false } as const;
/** A window like this is a phone, or one that is as narrow or low; the styles ask the same. */
export const PHONE = { width_px: 640, height_px: 480 } as const;
/** A drawer's width beside the view: a third of the window, within these. */
const DRAWER_PX = { least: 320, most: 380, share: 1 / 3 } as const;
/** On a phone held sideways it takes nearly half of it. */
const SIDEWAYS_PX = { least: 280, most: 380, share: 0.46, from: 560 } as const;
/** What lies between a drawer and the window's edge. */
export const EDGE_PX = 12;
/** Around the middle of the view so much stays free. */
const MIDDLE_PX = 90;
/** A window lower than this has no room for two halves. */
const HALVES_FROM_PX = 460;
/** The lower half of a phone that is built on. */
const HALF = 0.5;

export function isPhone({ width_px, height_px }: Size): boolean {
  return width_px <= PHONE.width_px || height_px <= PHONE.height_px;
}

/** The layout with a drawer open, or with none. */
export function layoutOf(size: Size, drawer: DrawerKind | null): Layout {
  const { width_px, height_px } = size;
  if (!isPhone(size)) {
    const drawer_px = within(width_px * DRAWER_PX.share - 2 * EDGE_PX, DRAWER_PX);
    return beside(width_px, drawer_px, drawer_px + EDGE_PX, drawer !== null);
  }
  if (height_px < width_px && width_px >= SIDEWAYS_PX.from) {
    const drawer_px = within(width_px * SIDEWAYS_PX.share, SIDEWAYS_PX);
    return beside(width_px, drawer_px, drawer_px, drawer !== null);
  }
  if (drawer === "build" && height_px >= HALVES_FROM_PX) {
    const drawer_px = Math.round(height_px * HALF);
    return { place: "half", drawer_px, right_px: 0, bottom_px: drawer_px, view_yields: true };
  }
  return { ...NOTHING, place: "whole" };
}

function beside(width_px: number, drawer_px: number, right_px: number, open: boolean): Layout {
  if (!open) return { ...NOTHING, place: "beside", drawer_px };
  return { place: "beside", drawer_px, right_px, bottom_px: 0, view_yields: width_px / 2 + MIDDLE_PX > width_px - right_px };
}

function within(wanted: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.round(Math.min(most, Math.max(least, wanted)));
}
