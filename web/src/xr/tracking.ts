/**
 * Head and hands as a headset tracks them, written into the rig in every frame.
 *
 * WebXR looks along -Z and is right-handed; here +Z is ahead and left-handed. A hand is where its palm holds things
 * (the grip space) or, when a browser knows only joints, where its wrist is; its joints are told from there.
 */
import { JOINTS } from "../core/generated";
import type { Hand, Rig } from "../scene/rig";

const MATRIX_FLOATS = 16;

export class Tracking {
  readonly #rig: Rig;
  readonly #matrices = new Float32Array(JOINTS * MATRIX_FLOATS);
  /** The joints' spaces of hands seen so far. */
  readonly #spaces = new WeakMap<XRHand, XRJointSpace[]>();

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** Reads a frame; returns where the viewer looks, or undefined while the headset does not know. */
  read(frame: XRFrame, space: XRReferenceSpace, sources: Iterable<XRInputSource>): XRViewerPose | undefined {
    const { left, right, head } = this.#rig;
    left.tracked = right.tracked = left.jointed = right.jointed = false;
    const pose = frame.getViewerPose(space);
    if (pose === undefined || pose === null) return undefined;
    writePlace(pose.transform, head);
    this.#rig.tracked = true;
    for (const source of sources) {
      if (source.handedness === "none") continue;
      this.#readHand(frame, space, source, source.handedness === "left" ? left : right);
    }
    return pose;
  }

  #readHand(frame: XRFrame, space: XRReferenceSpace, source: XRInputSource, hand: Hand): void {
    const joints = source.hand === undefined || source.hand === null ? undefined : this.#spacesOf(source.hand);
    const from = source.gripSpace ?? joints?.[0];
    const pose = from === undefined ? undefined : frame.getPose(from, space);
    if (from === undefined || pose === undefined || pose === null) return;
    writePlace(pose.transform, hand.place);
    hand.tracked = true;
    writePressed(source.gamepad, hand.pressed);
    if (joints === undefined || frame.fillPoses === undefined) return;
    hand.jointed = frame.fillPoses(joints, from, this.#matrices);
    if (hand.jointed) writeJoints(this.#matrices, hand.joints);
  }

  #spacesOf(hand: XRHand): XRJointSpace[] {
    const known = this.#spaces.get(hand);
    if (known !== undefined) return known;
    const spaces = [...hand.values()];
    this.#spaces.set(hand, spaces);
    return spaces;
  }
}

/** How far trigger and squeeze are pressed: the first two buttons of "xr-standard" (WebXR Gamepads Module). */
function writePressed(gamepad: Gamepad | undefined, out: Float32Array): void {
  const known = gamepad?.mapping === "xr-standard";
  out[0] = known ? (gamepad.buttons[0]?.value ?? 0) : -1;
  out[1] = known ? (gamepad.buttons[1]?.value ?? 0) : -1;
}

/** A place of WebXR in our handedness: mirrored along Z. */
export function writePlace({ position, orientation }: XRRigidTransform, out: Float32Array): void {
  out[0] = position.x;
  out[1] = position.y;
  out[2] = -position.z;
  out[3] = -orientation.x;
  out[4] = -orientation.y;
  out[5] = orientation.z;
  out[6] = orientation.w;
}

/** The points of joints' matrices in our handedness. */
export function writeJoints(matrices: Float32Array, out: Float32Array): void {
  for (let joint = 0; joint < JOINTS; joint += 1) {
    const from = joint * MATRIX_FLOATS + 12;
    out[joint * 3] = matrices[from] ?? 0;
    out[joint * 3 + 1] = matrices[from + 1] ?? 0;
    out[joint * 3 + 2] = -(matrices[from + 2] ?? 0);
  }
}
