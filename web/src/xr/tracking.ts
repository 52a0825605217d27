/**
 * Head and hands as a headset tracks them, written into the rig in every frame.
 *
 * WebXR looks along -Z and is right-handed; here +Z is ahead and left-handed. A hand is where its palm holds things
 * (the grip space) or, when a browser knows only joints, where its wrist is; its joints are told from there.
 */
import { JOINTS } from "../core/generated";
import { type Hand, type Rig, letGo } from "../scene/rig";

const MATRIX_FLOATS = 16;
/** Points of joints that tell a pinch: the tips of thumb and index finger, in WebXR's order. */
const THUMB_TIP = 4;
const INDEX_TIP = 9;
/** Tips nearer than this begin a pinch, further than that end it, metres. */
const PINCH_FROM_M = 0.02;
const PINCH_UNTIL_M = 0.035;
/** What a thumbstick does at rest, of its way: springs do not bring it back to the middle. */
const STICK_REST = 0.12;

/** What a controller moves in a hand (Gamepad Extensions, which the types of browsers do not know). */
interface Motor {
  pulse?(strength: number, duration_ms: number): Promise<boolean>;
}

type Controller = Gamepad & { readonly hapticActuators?: readonly Motor[] };

export class Tracking {
  readonly #rig: Rig;
  readonly #matrices = new Float32Array(JOINTS * MATRIX_FLOATS);
  /** How the motors seen so far are made to move. */
  readonly #pulses = new WeakMap<Motor, Hand["pulse"]>();
  /** The joints' spaces of hands seen so far. */
  readonly #spaces = new WeakMap<XRHand, XRJointSpace[]>();

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** Reads a frame; returns where the viewer looks, or undefined while the headset does not know. */
  read(frame: XRFrame, space: XRReferenceSpace, sources: Iterable<XRInputSource>): XRViewerPose | undefined {
    const { left, right, head } = this.#rig;
    const pinched = [left.pinched, right.pinched] as const;
    letGo(left);
    letGo(right);
    [left.pinched, right.pinched] = pinched;
    const pose = frame.getViewerPose(space);
    if (pose === undefined || pose === null) {
      left.pinched = right.pinched = false;
      return undefined;
    }
    writePlace(pose.transform, head);
    this.#rig.tracked = true;
    for (const source of sources) {
      if (source.handedness === "none") continue;
      this.#readHand(frame, space, source, source.handedness === "left" ? left : right);
    }
    for (const hand of [left, right]) hand.pinched &&= hand.jointed;
    return pose;
  }

  #readHand(frame: XRFrame, space: XRReferenceSpace, source: XRInputSource, hand: Hand): void {
    const joints = source.hand === undefined || source.hand === null ? undefined : this.#spacesOf(source.hand);
    const from = source.gripSpace ?? joints?.[0];
    const pose = from === undefined ? undefined : frame.getPose(from, space);
    if (from === undefined || pose === undefined || pose === null) return;
    writePlace(pose.transform, hand.place);
    hand.tracked = true;
    writeController(source.gamepad, hand);
    hand.pulse = this.#pulseOf((source.gamepad as Controller | undefined)?.hapticActuators?.[0]);
    writeAim(frame.getPose(source.targetRaySpace, space), hand);
    if (joints === undefined || frame.fillPoses === undefined) return;
    hand.jointed = frame.fillPoses(joints, from, this.#matrices);
    if (!hand.jointed) return;
    writeJoints(this.#matrices, hand.joints);
    hand.pinched = apart(hand.joints, THUMB_TIP, INDEX_TIP) < (hand.pinched ? PINCH_UNTIL_M : PINCH_FROM_M);
  }

  #pulseOf(motor: Motor | undefined): Hand["pulse"] {
    if (motor === undefined) return undefined;
    if (!this.#pulses.has(motor)) this.#pulses.set(motor, pulseOf(motor));
    return this.#pulses.get(motor);
  }

  #spacesOf(hand: XRHand): XRJointSpace[] {
    const known = this.#spaces.get(hand);
    if (known !== undefined) return known;
    const spaces = [...hand.values()];
    this.#spaces.set(hand, spaces);
    return spaces;
  }
}

/** What is pressed of a controller, by the order of "xr-standard" (WebXR Gamepads Module). */
function writeController(gamepad: Gamepad | undefined, hand: Hand): void {
  if (gamepad?.mapping !== "xr-standard") return;
  const [trigger, squeeze, , stick, lower, upper] = gamepad.buttons;
  hand.pressed[0] = trigger?.value ?? 0;
  hand.pressed[1] = squeeze?.value ?? 0;
  hand.stick[0] = stickOf(gamepad.axes[2]);
  hand.stick[1] = -stickOf(gamepad.axes[3]);
  hand.stick_pressed = stick?.pressed ?? false;
  hand.lower_pressed = lower?.pressed ?? false;
  hand.upper_pressed = upper?.pressed ?? false;
}

/** How a motor is made to move; one that fails is not felt. */
function pulseOf(motor: Motor): Hand["pulse"] {
  if (motor.pulse === undefined) return undefined;
  return (strength, duration_ms) => void motor.pulse?.(strength, duration_ms).catch(() => undefined);
}

/** The way of a thumbstick beyond its rest, -1 to 1, without a jump where it begins. */
function stickOf(axis: number | undefined): number {
  const way = Math.abs(axis ?? 0);
  return way <= STICK_REST ? 0 : (Math.sign(axis ?? 0) * (way - STICK_REST)) / (1 - STICK_REST);
}

function writeAim(pose: XRPose | null | undefined, hand: Hand): void {
  if (pose === undefined || pose === null) return;
  writePlace(pose.transform, hand.aim);
  hand.aims = true;
}

function apart(joints: Float32Array, a: number, b: number): number {
  const part = (axis: number) => (joints[a * 3 + axis] ?? 0) - (joints[b * 3 + axis] ?? 0);
  return Math.hypot(part(0), part(1), part(2));
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
