/**
 * The panel at the wrist: which room this is, who is here, how the line is, the microphone, and the way to the menu. Pure.
 *
 * It is there while its owner looks at the inside of that wrist, as at a watch.
 */
import { Sheet, TEXT } from "../panel/sheet";
import { type Measure, fitted } from "../panel/wrap";
import { putButton } from "../menu/lay_out";
import type { Hand } from "../../scene/rig";
import type { MicrophoneWords } from "../../ui/logic/voice_words";

export const WRIST = { width: 330, height: 170 } as const;
const EDGE = 16;
/** The microphone's button beside the menu's. */
const MIC_WIDTH = 74;
const GAP = 10;
/** From the palm's middle back to the wrist, and off the skin, metres. */
const BACK_M = 0.085;
/** From the wrist's joint further back along the arm: the palm stays free. */
const BACK_OF_JOINT_M = 0.05;
const OFF_M = 0.045;
/** The wrist is shown this much to the eye, and the eye looks this much at it (cosines), before the panel comes; and goes. */
const SHOWN_FROM = 0.45;
const SHOWN_UNTIL = 0.3;
const SEEN_FROM = 0.88;
const SEEN_UNTIL = 0.76;
const AXES = [0, 1, 2] as const;
/** A hand further away than this shows nothing, metres. */
const REACH_M = 0.75;
/** Joints in the order of WebXR. */
const JOINT = { wrist: 0, index: 6, middle: 11, little: 21 } as const;

export interface WristWords {
  readonly room: string;
  readonly people: string;
  readonly bars: number;
  /** Chat lines that were not read. */
  readonly unread: string;
  readonly open: boolean;
  readonly microphone: MicrophoneWords;
}

/** What its buttons do. */
export interface WristActs {
  toggle(): void;
  talk(): void;
}

export function layOutWrist({ room, people, bars, unread, open, microphone }: WristWords, { toggle, talk }: WristActs, measure: Measure): Sheet {
  const sheet = new Sheet(WRIST.width, WRIST.height);
  const title = { size: TEXT.lead, strong: true };
  sheet.text(EDGE, 30, fitted(room, WRIST.width - 2 * EDGE - 46, title, measure), title);
  sheet.add({ kind: "bars", x: WRIST.width - EDGE - 28, y: 19, height: 22, bars });
  const news = unread === "" ? "" : ` · ${unread} new ${unread === "1" ? "line" : "lines"}`;
  sheet.text(EDGE, 66, `${people}${news}`, { color: "soft" });
  const words = open ? "Close the menu" : "Menu";
  const face = open ? "raised" : "primary";
  putButton(sheet, { words, icon: open ? "close" : "menu", face, act: toggle }, "menu", EDGE, 94, WRIST.width - 2 * EDGE - MIC_WIDTH - GAP, 62, measure);
  const { icon, tone } = microphone;
  const mic_face = tone === "on" ? "chosen" : tone === "warn" ? "danger" : "raised";
  putButton(sheet, { words: "", icon, face: mic_face, act: talk }, "microphone", WRIST.width - EDGE - MIC_WIDTH, 94, MIC_WIDTH, 62, measure);
  return sheet;
}

/** Where a hand's wrist shows: a point over its inside, and whether that is turned to the eye. In the rig's frame. */
export class WristSight {
  x = 0;
  y = 0;
  z = 0;
  /** How the head looks: the panel is upright for it. */
  yaw = 0;
  pitch = 0;
  shown = false;
  /** The direction out of the palm. */
  readonly #palm: [number, number, number] = [0, 0, 0];
  readonly #wrist: [number, number, number] = [0, 0, 0];

  /** `head` is a place that looks along its +Z. */
  step(hand: Hand, left: boolean, head: Float32Array): void {
    if (!hand.tracked) {
      this.shown = false;
      return;
    }
    if (hand.jointed) this.#readJoints(hand, left);
    else this.#readGrip(hand, left);
    this.x = this.#wrist[0] + OFF_M * this.#palm[0];
    this.y = this.#wrist[1] + OFF_M * this.#palm[1];
    this.z = this.#wrist[2] + OFF_M * this.#palm[2];
    const [dx, dy, dz] = [(head[0] ?? 0) - this.x, (head[1] ?? 0) - this.y, (head[2] ?? 0) - this.z];
    const far = Math.hypot(dx, dy, dz) || 1;
    const facing = (dx * this.#palm[0] + dy * this.#palm[1] + dz * this.#palm[2]) / far;
    const [look_x, look_y, look_z] = [turned(head, 0, 0, 1, 0), turned(head, 0, 0, 1, 1), turned(head, 0, 0, 1, 2)];
    const seen = -(dx * look_x + dy * look_y + dz * look_z) / far;
    this.yaw = Math.atan2(look_x, look_z);
    this.pitch = Math.asin(Math.max(-1, Math.min(1, -look_y)));
    const [from, looked] = this.shown ? [SHOWN_UNTIL, SEEN_UNTIL] : [SHOWN_FROM, SEEN_FROM];
    this.shown = facing > from && seen > looked && far < REACH_M;
  }

  /** A grip's +X leaves the left palm and enters the right one; its +Y goes back along the arm (OpenXR, "grip pose"). */
  #readGrip({ place }: Hand, left: boolean): void {
    for (const axis of AXES) {
      this.#palm[axis] = turned(place, left ? 1 : -1, 0, 0, axis);
      this.#wrist[axis] = (place[axis] ?? 0) + turned(place, 0, BACK_M, 0, axis);
    }
  }

  #readJoints({ place, joints }: Hand, left: boolean): void {
    const towards = (joint: number, axis: number): number => (joints[3 * joint + axis] ?? 0) - (joints[3 * JOINT.wrist + axis] ?? 0);
    const [ix, iy, iz] = [towards(JOINT.index, 0), towards(JOINT.index, 1), towards(JOINT.index, 2)];
    const [lx, ly, lz] = [towards(JOINT.little, 0), towards(JOINT.little, 1), towards(JOINT.little, 2)];
    const palm = this.#palm;
    [palm[0], palm[1], palm[2]] = [iy * lz - iz * ly, iz * lx - ix * lz, ix * ly - iy * lx];
    const long = (left ? 1 : -1) * (Math.hypot(palm[0], palm[1], palm[2]) || 1);
    const [px, py, pz] = [palm[0] / long, palm[1] / long, palm[2] / long];
    const [mx, my, mz] = [towards(JOINT.middle, 0), towards(JOINT.middle, 1), towards(JOINT.middle, 2)];
    const back = BACK_OF_JOINT_M / (Math.hypot(mx, my, mz) || 1);
    const [x, y, z] = [(joints[0] ?? 0) - back * mx, (joints[1] ?? 0) - back * my, (joints[2] ?? 0) - back * mz];
    for (const axis of AXES) {
      palm[axis] = turned(place, px, py, pz, axis);
      this.#wrist[axis] = (place[axis] ?? 0) + turned(place, x, y, z, axis);
    }
  }
}

/** A part of a direction of a place's frame, in the frame around it. */
function turned(place: Float32Array, x: number, y: number, z: number, axis: 0 | 1 | 2): number {
  const [qx, qy, qz, qw] = [place[3] ?? 0, place[4] ?? 0, place[5] ?? 0, place[6] ?? 1];
  const tx = 2 * (qy * z - qz * y);
  const ty = 2 * (qz * x - qx * z);
  const tz = 2 * (qx * y - qy * x);
  if (axis === 0) return x + qw * tx + qy * tz - qz * ty;
  return axis === 1 ? y + qw * ty + qz * tx - qx * tz : z + qw * tz + qx * ty - qy * tx;
}
