/** Where nobody is in the room any more, whoever or whatever took them there. Pure. */

/** As far from the origin as anybody walks or is carried, metres: numbers are still fine to a tenth of a millimetre. */
export const ASTRAY_M = 1_000;

export function isAstray({ x, y, z }: { readonly x: number; readonly y: number; readonly z: number }): boolean {
  // Written so that what is no number is astray as well.
  return !(Math.abs(x) < ASTRAY_M && Math.abs(y) < ASTRAY_M && Math.abs(z) < ASTRAY_M);
}
