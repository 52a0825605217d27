/**
 * The measures of a person and what they are made of. A standing person's eyes, and the middle of their head, are
 * `EYES_M` above the floor; whoever is taller or smaller is so as a whole. Pure.
 */
import type { Vector } from "../matrix";
import type { Paint } from "./clay";

/** Height of the eyes of a person of usual size, metres. */
export const EYES_M = 1.58;
/** From the soles to the top of a hat of such a person, metres. */
export const TALL_M = 1.78;
/** What a figure stands on that is looked at, metres. */
export const PLINTH = { radius: 0.4, high: 0.07 } as const;
/** Half axes of a head, metres, and how boxy it is. */
export const HEAD = { x: 0.156, y: 0.148, z: 0.146, exponent: 2.5, jaw: 0.1 } as const;
/** From the middle of the head straight down to the neck's root, metres. */
export const NECK_M = 0.165;
/** From the neck's root, upright: shoulders and hips to the side and down, metres. */
export const SHOULDER = { side: 0.158, down: 0.108 } as const;
export const HIP = { side: 0.088, down: 0.535, ahead: 0.02 } as const;
/** Lengths of bones, metres. Legs are a little longer than from hip to ankle: nobody stands with locked knees. */
export const UPPER_ARM_M = 0.245;
export const FOREARM_M = 0.235;
export const THIGH_M = 0.406;
export const SHIN_M = 0.394;
/** The ankle above the sole, metres. */
export const ANKLE_M = 0.085;
/** From the middle of a hand to its wrist, in the hand's frame: fingers are along -Y. Sideways for the right hand. */
export const WRIST: Vector = [0.025, 0.07, 0];
/** The middle of a seated head above the seat, and the feet ahead of it and to the side, metres. */
export const SEATED = { head: 0.8, foot_ahead: 0.44, foot_side: 0.12 } as const;

const hex = (value: number): Vector => [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
const own = (value: number, roughness: number, emissive = 0): Paint => ({ rgb: hex(value), tint: 0, roughness, emissive });

export const SHELL = own(0xefe9df, 0.5);
export const GLASS = own(0x10151f, 0.16);
export const EYES = own(0xeafcff, 0.5, 0.95);
export const MOUTH = own(0xeafcff, 0.5, 0.8);
export const TROUSERS = own(0x39404f, 0.85);
export const BOOTS = own(0xe6dfd3, 0.7);
export const PLASTER = own(0xefe8dc, 0.72);
/** The colour of everyone's hands. */
export const GLOVES = BOOTS.rgb;
export const NECK = own(0x262b36, 0.8);
export const BADGE = own(0xf4efe6, 0.5);
export const RINGS = own(0x8cffd9, 0.5, 0.95);
/** What shows the person's colour, and what shows the colour of their hair. */
export const CLOTH: Paint = { rgb: [1, 1, 1], tint: 1, roughness: 0.85, emissive: 0 };
export const PHONES: Paint = { rgb: [1, 1, 1], tint: 1, roughness: 0.4, emissive: 0 };
export const HAIR: Paint = { rgb: [1, 1, 1], tint: 1, roughness: 0.75, emissive: 0 };
export const FRAMES = own(0xd9a441, 0.35);
