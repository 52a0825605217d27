/** What both eyes of a headset see, as one opening. Pure. */

/** Eyes stand apart and some displays are turned outwards: this much more is taken as seen. */
const MARGIN = 1.1;

/** A view's part that matters: its projection, in WebXR's layout. */
export interface EyeView {
  readonly projectionMatrix: Float32Array;
}

/** Vertical field of view, radians, and width over height of the opening that holds all views. */
export function viewOf(views: readonly EyeView[]): [number, number] {
  let [tan_x, tan_y] = [0, 0];
  for (const { projectionMatrix } of views) {
    const [scale_x, scale_y] = [projectionMatrix[0] || 1, projectionMatrix[5] || 1];
    tan_x = Math.max(tan_x, (1 + Math.abs(projectionMatrix[8] ?? 0)) / scale_x);
    tan_y = Math.max(tan_y, (1 + Math.abs(projectionMatrix[9] ?? 0)) / scale_y);
  }
  return [2 * Math.atan(tan_y * MARGIN), tan_x / Math.max(tan_y, 1e-6)];
}
