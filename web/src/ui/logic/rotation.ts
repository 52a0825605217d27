/**
 * Turning as degrees for people and as quaternions [x,y,z,w] for the room: left-handed, Y up; yaw about Y, then pitch
 * about X, then roll about Z (Babylon's `RotationYawPitchRoll`). Pure; knows no scene.
 */

export type Vector3 = readonly [number, number, number];
export type Quaternion = readonly [number, number, number, number];

const RADIANS = Math.PI / 180;

/** Degrees about X, Y and Z to a unit quaternion. */
export function quaternionFromDegrees([x, y, z]: Vector3): Quaternion {
  const [pitch, yaw, roll] = [(x * RADIANS) / 2, (y * RADIANS) / 2, (z * RADIANS) / 2];
  const [sp, cp, sy, cy] = [Math.sin(pitch), Math.cos(pitch), Math.sin(yaw), Math.cos(yaw)];
  const [sr, cr] = [Math.sin(roll), Math.cos(roll)];
  return [
    cy * sp * cr + sy * cp * sr,
    sy * cp * cr - cy * sp * sr,
    cy * cp * sr - sy * sp * cr,
    cy * cp * cr + sy * sp * sr,
  ];
}

/**
 * A unit quaternion to degrees about X (-90..90), Y and Z (-180..180). Looking straight up or down the roll is put
 * into the yaw, as only their sum is known there.
 */
export function degreesFromQuaternion([x, y, z, w]: Quaternion): Vector3 {
  const sine = 2 * (w * x - y * z);
  if (Math.abs(sine) > 0.999_999) {
    const yaw = 2 * Math.atan2(y, w);
    return [Math.sign(sine) * 90, wrap(yaw) / RADIANS, 0];
  }
  const yaw = Math.atan2(2 * (w * y + x * z), 1 - 2 * (x * x + y * y));
  const roll = Math.atan2(2 * (w * z + x * y), 1 - 2 * (x * x + z * z));
  return [Math.asin(sine) / RADIANS, yaw / RADIANS, roll / RADIANS];
}

function wrap(radians: number): number {
  return Math.atan2(Math.sin(radians), Math.cos(radians));
}
