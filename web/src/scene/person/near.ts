/**
 * People near enough to move in themselves: heads with faces, bodies that follow head and hands, feet that step.
 *
 * Owns their batches and what each part's matrix is. Makes no garbage.
 */
import type { Figure } from "../crowd";
import { composePose } from "../matrix";
import type { Swarm } from "../swarm";
import { yawOf } from "../../core/viewer";
import { HAIR_TOPS } from "../../core/avatar_look";
import { FACES, TOPS, faceClay, topClay } from "./adornments";
import type { Being } from "./being";
import { bootClay, forearmClay, mittenClay, plinthClay, shinClay, thighClay, torsoClay, upperArmClay } from "./body";
import type { Clay } from "./clay";
import { AIRBORNE_M, type FloorUnder, type Stand, turnBetween } from "./gait";
import type { Gaze } from "./gaze";
import type { Hands } from "../hands";
import { eyesClay, headClay, mouthClay, ringsClay } from "./head";
import { HEAD_SHAPES, composeEyes, composeMouth, shapeHead } from "./head_matrix";
import { ANKLE_M, EYES_M, GLOVES, HIP, NECK_M } from "./measures";
import { Posture, SIDE, type Side, composeReaching } from "./posture";

/** How much of the head's turn away from the feet the torso follows, and how far it may stay behind, radians. */
const FOLLOWS = 0.35;
const TWIST_MAX = 1.1;
/** A seat one faces away from has no front for them, radians. */
const SEAT_FRONT_RAD = 1.8;
/** A mitten's fingers bend by so much, radians: at rest, and around something. */
const BENT = { open: 0.45, fist: 2.5 } as const;
/** A floor deeper under a head than this is none they stand on, metres. */
const FLOOR_DEPTH_M = 6;
/** From this loudness on a mouth's rings shine. */
const RINGS_FROM = 0.02;
/** How much of someone's colour is left who is away. */
export const AWAY_LEAVES = 0.22;

/** What lies under somebody, for shadows of contact. */
export const GROUND = { foot: 0, body: 1, whole: 2 } as const;
export type OnGround = (x: number, y: number, z: number, yaw: number, kind: number) => void;
type NewSwarm = (name: string, clay: () => Clay) => Swarm;

export class NearPeople {
  /** Told for everything that stands on the ground in a frame: where it is and how it is turned. */
  onGround: OnGround | undefined;
  readonly swarms: Swarm[] = [];
  readonly #floorUnder: FloorUnder;
  readonly #gaze: Gaze;
  readonly #hands: Hands;
  readonly #head: Swarm;
  readonly #eyes: Swarm;
  readonly #mouth: Swarm;
  readonly #rings: Swarm;
  readonly #torso: Swarm;
  readonly #upper_arms: Swarm;
  readonly #forearms: Swarm;
  readonly #thighs: Swarm;
  readonly #shins: Swarm;
  readonly #boots: Swarm;
  readonly #mittens: { readonly [side in Side]: Swarm };
  readonly #fists: { readonly [side in Side]: Swarm };
  readonly #tops = new Map<string, Swarm>();
  readonly #faces = new Map<string, Swarm>();
  readonly #plinth: Swarm;
  readonly #posture = new Posture();
  readonly #pose = new Float32Array(7);
  readonly #skull = new Float32Array(16);
  readonly #stand: Stand = { x: 0, z: 0, yaw: 0, size: 1, floor_y: 0, hips_y: 0, seated: false, airborne: false };

  constructor(newSwarm: NewSwarm, floorUnder: FloorUnder, gaze: Gaze, hands: Hands) {
    const swarm = (name: string, clay: () => Clay) => {
      const made = newSwarm(name, clay);
      this.swarms.push(made);
      return made;
    };
    this.#floorUnder = floorUnder;
    this.#gaze = gaze;
    this.#hands = hands;
    this.#head = swarm("head", headClay);
    this.#eyes = swarm("eyes", eyesClay);
    this.#mouth = swarm("mouth", mouthClay);
    this.#rings = swarm("rings", ringsClay);
    this.#torso = swarm("torso", torsoClay);
    this.#upper_arms = swarm("upper arm", upperArmClay);
    this.#forearms = swarm("forearm", forearmClay);
    this.#thighs = swarm("thigh", thighClay);
    this.#shins = swarm("shin", shinClay);
    this.#boots = swarm("boot", bootClay);
    const mitten = (side: Side, name: string, bent: number) => swarm(name, () => mittenClay(side, bent));
    this.#mittens = { [-1]: mitten(SIDE.left, "left mitten", BENT.open), 1: mitten(SIDE.right, "right mitten", BENT.open) };
    this.#fists = { [-1]: mitten(SIDE.left, "left fist", BENT.fist), 1: mitten(SIDE.right, "right fist", BENT.fist) };
    this.#plinth = swarm("plinth", plinthClay);
    for (const top of TOPS) this.#tops.set(top, swarm(top, () => topClay(top)));
    for (const face of FACES) this.#faces.set(face, swarm(face, () => faceClay(face)));
  }

  /** What is on a head that is drawn at a matrix, also of someone farther off. */
  drawTop({ look, red, green, blue }: Figure, here: number, head: Float32Array, from: number): void {
    const top = this.#tops.get(look.top);
    if (top === undefined) return;
    const hair = HAIR_TOPS.includes(look.top);
    const [hair_red, hair_green, hair_blue] = look.hair;
    const at = hair ? top.add(hair_red, hair_green, hair_blue, here) : top.add(red, green, blue, here);
    for (let part = 0; part < 16; part += 1) top.matrices[at + part] = head[from + part] ?? 0;
  }

  drawPlinth({ poses, head }: Figure, size: number, floor_y: number): void {
    const at = this.#plinth.add(1, 1, 1);
    const { matrices } = this.#plinth;
    matrices.fill(0, at, at + 16);
    matrices[at] = matrices[at + 5] = matrices[at + 10] = size;
    matrices[at + 12] = poses[head] ?? 0;
    matrices[at + 13] = floor_y;
    matrices[at + 14] = poses[head + 2] ?? 0;
    matrices[at + 15] = 1;
  }

  /** Draws someone `size` times as large as usual, on a floor (NaN for none), as they are at `now_ms`. */
  draw(figure: Figure, being: Being, size: number, floor_y: number, now_ms: number, dt_s: number): void {
    const here = figure.away ? AWAY_LEAVES : 1;
    this.#live(figure, being, now_ms, dt_s);
    this.#layHead(figure, being, size);
    const sink_m = this.#layFeet(figure, being, size, floor_y, dt_s);
    this.#layBody(figure, being, size, sink_m);
    this.#drawHead(figure, being, here);
    this.#drawBody(figure, here);
    this.#tellGround(figure, being);
    being.fresh = false;
  }

  #live({ idle, speaking, loudness, away, poses, head }: Figure, { life, fresh, index }: Being, now_ms: number, dt_s: number): void {
    if (fresh) life.begin(index + 1, now_ms);
    if (!idle || away) {
      life.still();
      return life.speak(now_ms, dt_s, speaking && !away, loudness);
    }
    composePose(this.#skull, 0, poses, head, 1);
    this.#gaze.seek(this.#skull);
    life.go(now_ms, dt_s, this.#gaze.aside, this.#gaze.up, speaking, loudness);
  }

  /** The head as it is told; one that nothing tracks sways and turns a little. */
  #layHead({ poses, head, left, right, look }: Figure, { life }: Being, size: number): void {
    const pose = this.#pose;
    for (let part = 0; part < 7; part += 1) pose[part] = poses[head + part] ?? 0;
    if (left < 0 && right < 0) {
      const yaw = yawOf(pose[3] ?? 0, pose[4] ?? 0, pose[5] ?? 0, pose[6] ?? 1);
      pose[0] = (pose[0] ?? 0) + Math.cos(yaw) * life.sway;
      pose[2] = (pose[2] ?? 0) - Math.sin(yaw) * life.sway;
      turnBy(pose, 3, life.nod * 0.4, life.nod, life.nod * -0.3);
    }
    composePose(this.#skull, 0, pose, 0, size);
    shapeHead(this.#skull, HEAD_SHAPES[look.head]);
  }

  /** Feet go where the body has gone; returns how much lower than standing the head is, metres. */
  #layFeet(figure: Figure, { gait, fresh }: Being, size: number, floor_y: number, dt_s: number): number {
    const { poses, head, seated } = figure;
    const [x, y, z] = [poses[head] ?? 0, poses[head + 1] ?? 0, poses[head + 2] ?? 0];
    const stand = this.#stand;
    const legs_y = y - EYES_M * size;
    const known = floor_y > y - FLOOR_DEPTH_M;
    [stand.x, stand.z, stand.size, stand.seated] = [x, z, size, seated];
    stand.yaw = this.#headingOf(figure);
    stand.airborne = !seated && known && legs_y > floor_y + AIRBORNE_M;
    stand.floor_y = known ? floor_y : legs_y;
    stand.hips_y = y - (NECK_M + HIP.down) * size;
    if (fresh || figure.posed) gait.plant(stand);
    gait.go(stand, dt_s, this.#floorUnder);
    return seated ? 0 : stand.floor_y - legs_y;
  }

  /** Where someone's feet would turn: where they face, or where their seat does. */
  #headingOf({ poses, head, seated, seat_yaw }: Figure): number {
    const yaw = yawOf(poses[head + 3] ?? 0, poses[head + 4] ?? 0, poses[head + 5] ?? 0, poses[head + 6] ?? 1);
    return seated && Math.abs(turnBetween(seat_yaw, yaw)) < SEAT_FRONT_RAD ? seat_yaw : yaw;
  }

  #layBody(figure: Figure, { gait, life }: Being, size: number, sink_m: number): void {
    const posture = this.#posture;
    const pose = this.#pose;
    const yaw = yawOf(pose[3] ?? 0, pose[4] ?? 0, pose[5] ?? 0, pose[6] ?? 1);
    const behind = turnBetween(gait.yaw, yaw) * (1 - FOLLOWS);
    posture.yaw = yaw - Math.max(-TWIST_MAX, Math.min(TWIST_MAX, behind));
    [posture.x, posture.y, posture.z, posture.size] = [pose[0] ?? 0, pose[1] ?? 0, pose[2] ?? 0, size];
    [posture.seated, posture.swing] = [figure.seated, gait.swing];
    [posture.breath, posture.drift] = [life.breath, life.drift];
    for (const foot of [0, 1] as const) {
      const { x, y, z, yaw: turned, pitch } = gait.feet[foot];
      const ankle = posture.ankles[foot];
      [ankle[0], ankle[1], ankle[2]] = [x, y + ANKLE_M * size, z];
      posture.boot_yaw[foot] = turned;
      posture.boot_pitch[foot] = pitch;
    }
    posture.lean(sink_m);
    this.#layHand(figure, SIDE.left, figure.left, figure.things, figure.left_thing);
    this.#layHand(figure, SIDE.right, figure.right, figure.right_things, figure.right_thing);
    posture.solve();
  }

  #layHand({ poses }: Figure, side: Side, place: number, things: Float32Array, thing: number): void {
    const posture = this.#posture;
    const hand = side < 0 ? posture.left : posture.right;
    hand.known = place >= 0;
    if (place >= 0) composePose(hand.matrix, 0, poses, place, posture.size);
    else if (thing >= 0) hand.known = composeReaching(hand.matrix, posture, side, things, thing);
  }

  #drawHead(figure: Figure, { life }: Being, here: number): void {
    const { red, green, blue, look } = figure;
    const skull = this.#skull;
    put(this.#head, red, green, blue, here, skull);
    const eyes = this.#eyes.add(1, 1, 1, here);
    composeEyes(this.#eyes.matrices, eyes, skull, life.open, life.look_aside, life.look_up);
    const mouth = this.#mouth.add(1, 1, 1, here);
    composeMouth(this.#mouth.matrices, mouth, skull, life.voice);
    if (life.voice > RINGS_FROM) put(this.#rings, 1, 1, 1, here, skull);
    const glasses = this.#faces.get(look.face);
    if (glasses !== undefined) put(glasses, 1, 1, 1, here, skull);
    this.drawTop(figure, here, skull, 0);
  }

  #drawBody(figure: Figure, here: number): void {
    const { red, green, blue } = figure;
    const posture = this.#posture;
    put(this.#torso, red, green, blue, here, posture.torso);
    for (const side of SIDES) {
      posture.composeUpperArm(this.#upper_arms.matrices, this.#upper_arms.add(red, green, blue, here), side);
      posture.composeForearm(this.#forearms.matrices, this.#forearms.add(red, green, blue, here), side);
      posture.composeThigh(this.#thighs.matrices, this.#thighs.add(1, 1, 1, here), side);
      posture.composeShin(this.#shins.matrices, this.#shins.add(1, 1, 1, here), side);
      posture.composeBoot(this.#boots.matrices, this.#boots.add(1, 1, 1, here), side);
    }
    this.#drawHand(figure, SIDE.left, figure.left, figure.left_joints, figure.left_thing, here);
    this.#drawHand(figure, SIDE.right, figure.right, figure.right_joints, figure.right_thing, here);
  }

  #drawHand({ poses, joints }: Figure, side: Side, place: number, from: number, thing: number, here: number): void {
    const hand = side < 0 ? this.#posture.left : this.#posture.right;
    if (place >= 0 && from >= 0) return this.#hands.draw(poses, place, joints, from, ...GLOVES);
    const closed = thing >= 0 && hand.known;
    put((closed ? this.#fists : this.#mittens)[side], 1, 1, 1, here, hand.matrix);
  }

  #tellGround({ seated, posed }: Figure, { gait }: Being): void {
    const { onGround } = this;
    if (onGround === undefined || posed) return;
    const { x, z, floor_y, airborne } = this.#stand;
    if (!seated) onGround(x, floor_y, z, gait.yaw, GROUND.body);
    if (airborne) return;
    for (const foot of gait.feet) onGround(foot.x, floor_y, foot.z, foot.yaw, GROUND.foot);
  }
}

const SIDES = [SIDE.left, SIDE.right] as const;

function put(swarm: Swarm, red: number, green: number, blue: number, here: number, matrix: Float32Array): void {
  const at = swarm.add(red, green, blue, here);
  for (let part = 0; part < 16; part += 1) swarm.matrices[at + part] = matrix[part] ?? 0;
}

/** Turns the quaternion at `at` by small angles about its own axes, radians. */
function turnBy(out: Float32Array, at: number, right: number, up: number, ahead: number): void {
  const [x, y, z, w] = [out[at] ?? 0, out[at + 1] ?? 0, out[at + 2] ?? 0, out[at + 3] ?? 1];
  const [a, b, c] = [right / 2, up / 2, ahead / 2];
  const size = 1 / Math.sqrt(1 + a * a + b * b + c * c);
  out[at] = (x + w * a + y * c - z * b) * size;
  out[at + 1] = (y + w * b + z * a - x * c) * size;
  out[at + 2] = (z + w * c + x * b - y * a) * size;
  out[at + 3] = (w - x * a - y * b - z * c) * size;
}
