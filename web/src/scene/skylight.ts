/**
 * What a sky does to surfaces: its light from six sides, its sun, its air. Pure; knows no material.
 *
 * The light of the sky is an ambient cube (G. McTaggart, "Half-Life 2 / Valve Source Shading"): irradiance for the six
 * axes, weighted by the squares of a normal. It costs three multiplications and needs no texture.
 */
import type { Sky } from "./environment";
import type { Vector } from "./matrix";

/** Rows and columns of the directions that are summed up: more change the sum by less than a percent. */
const ROWS = 20;
const COLUMNS = 45;
/** How much of the sun reaches an average spot of ground. */
const GROUND_SUN = 0.7;
/** How much of the sky reaches it. */
const GROUND_SKY = 0.5;
const LUMINANCE: Vector = [0.3, 0.55, 0.15];
const AXES: readonly Vector[] = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

/** Linear light of a colour. */
export function linear([red, green, blue]: Vector): Vector {
  return [red ** 2.2, green ** 2.2, blue ** 2.2];
}

export function unit([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}

function smoothstep(from: number, to: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}

/** Light that comes from a direction, without sun, hills and clouds; from below comes what the ground throws back. */
function radiance(sky: Sky, { y }: { readonly y: number }): Vector {
  const [zenith, mid, horizon] = [linear(sky.zenith), linear(sky.mid), linear(sky.horizon)];
  const [low, high] = [smoothstep(0, 0.32, y), smoothstep(0.2, 0.95, y)];
  const above = blend(blend(horizon, mid, low), zenith, high);
  if (y >= 0) return above;
  return blend(above, groundLight(sky), Math.min(1, -y / 0.12));
}

/** What the lit ground throws back. */
function groundLight(sky: Sky): Vector {
  const albedo = linear(sky.bounce);
  const height = -unit(sky.sun_along)[1];
  const open = blend(linear(sky.mid), linear(sky.horizon), 0.4);
  const part = (axis: 0 | 1 | 2) =>
    albedo[axis] * (sky.sun_light[axis] * height * GROUND_SUN + open[axis] * GROUND_SKY);
  return [part(0), part(1), part(2)];
}

/** Light of the sky on surfaces that look along +X, -X, +Y, -Y, +Z, -Z: irradiance over pi, strength folded in. */
export function ambientCube(sky: Sky): readonly Vector[] {
  const sums = AXES.map(() => [0, 0, 0, 0] as [number, number, number, number]);
  for (let row = 0; row < ROWS; row += 1) {
    // Rows of equal height of a ball have equal areas.
    const y = ((row + 0.5) / ROWS) * 2 - 1;
    const light = greyer(radiance(sky, { y }), 1 - sky.saturation);
    const across = Math.sqrt(1 - y * y);
    for (let column = 0; column < COLUMNS; column += 1) {
      const angle = ((column + 0.5) / COLUMNS) * 2 * Math.PI;
      const toward: Vector = [Math.cos(angle) * across, y, Math.sin(angle) * across];
      AXES.forEach((axis, side) => addLight(sums[side], light, dot(axis, toward)));
    }
  }
  return sums.map(([red, green, blue, weight]): Vector => {
    const by = sky.ambient / weight;
    return [red * by, green * by, blue * by];
  });
}

function addLight(sum: [number, number, number, number] | undefined, light: Vector, cosine: number): void {
  if (sum === undefined || cosine <= 0) return;
  for (const axis of [0, 1, 2] as const) sum[axis] += light[axis] * cosine;
  sum[3] += cosine;
}

function greyer(light: Vector, by: number): Vector {
  const grey = dot(light, LUMINANCE);
  return blend(light, [grey, grey, grey], by);
}

function blend(a: Vector, b: Vector, share: number): Vector {
  const part = (axis: 0 | 1 | 2) => a[axis] + (b[axis] - a[axis]) * share;
  return [part(0), part(1), part(2)];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
