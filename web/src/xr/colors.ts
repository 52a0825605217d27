/** Colours of what a headset draws over the room; the interface's own tokens, as numbers. */
import type { Vector } from "../scene/matrix";

/** Lamplight: what can be had. */
export const GOOD_COLOR: Vector = [1, 0.698, 0.141];
/** What cannot. */
export const REFUSED_COLOR: Vector = [1, 0.604, 0.569];
/** That something hurts. */
export const HURT_COLOR: Vector = [0.62, 0.05, 0.06];
/** Ink of the glass: what darkens. */
export const DARK_COLOR: Vector = [0.03, 0.043, 0.055];
