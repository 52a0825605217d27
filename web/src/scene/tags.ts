/**
 * Name tags: small dark glass with a name, facing whoever looks, fading in and out. Shown for the nearest that can be
 * read beside each other; a tag that speaks glows.
 *
 * Owns a few tags that are reused. Knows people only as index and words; makes no garbage in a frame.
 */
import { DynamicTexture } from "@babylonjs/core/Materials/Textures/dynamicTexture";
import { Texture } from "@babylonjs/core/Materials/Textures/texture";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import { unlit } from "./surfaces";
import { TAGS_MAX, TagChoice } from "./tag_choice";
import { TAG_TEXTURE_PX, type TagWords, glassShare, writeTag } from "./tag_face";
import { TAG_GONE_M, TAG_HEIGHT_M, tagScale, tagStrength } from "./tag_sight";
import type { ViewCone } from "./view_cone";

/** A tag's place above the middle of a head, metres. */
const TAG_LIFT_M = 0.3;
/** Width of a tag's mesh nearby, metres. */
const TAG_WIDTH_M = (TAG_HEIGHT_M * TAG_TEXTURE_PX.width) / TAG_TEXTURE_PX.height;
/** Tags that fade out while others fade in. */
const TAGS_FADING = 8;
/** How long a tag takes to appear or go, seconds. */
const FADE_S = 0.18;
/** How often it is chosen anew whose names are shown, milliseconds: often enough for someone who turns around. */
const CHOOSE_EVERY_MS = 120;
/** Tags written in one frame: each costs a fraction of a millisecond and an upload of 128 KiB. */
const WRITTEN_PER_FRAME_MAX = 2;
/** How much of the tag of someone away is seen. */
const AWAY_STRENGTH = 0.6;

interface Tag {
  readonly mesh: Mesh;
  readonly texture: DynamicTexture;
  /** Whose it is; -1 when it is free. */
  index: number;
  /** Whether it stays or goes. */
  wanted: boolean;
  /** Whether its person was seen in this frame. */
  present: boolean;
  /** How far it has faded in, 0..1. */
  faded: number;
  words: TagWords | undefined;
  speaking: boolean;
}

export class Tags {
  /** From how far names can be read, metres. */
  reach_m = TAG_GONE_M;
  readonly #scene: Scene;
  readonly #view: ViewCone;
  readonly #choice = new TagChoice();
  readonly #tags: Tag[] = [];
  /** The tag of each entity index, plus one; 0 for none. */
  #tag_of = new Uint8Array(1_024);
  #choosing = false;
  #next_choice_ms = 0;
  #now_ms = 0;
  #fade = 0;
  #written = 0;

  constructor(scene: Scene, view: ViewCone) {
    this.#scene = scene;
    this.#view = view;
  }

  /** Indices of those whose names are shown; for tests and the curious. */
  get shown(): readonly number[] {
    return this.#tags.filter((tag) => tag.wanted).map((tag) => tag.index);
  }

  begin(now_ms: number): void {
    this.#fade = Math.min(1, Math.max(0, (now_ms - this.#now_ms) / 1_000 / FADE_S));
    this.#now_ms = now_ms;
    this.#choosing = now_ms >= this.#next_choice_ms;
    this.#written = 0;
    if (!this.#choosing) return;
    this.#next_choice_ms = now_ms + CHOOSE_EVERY_MS;
    this.#choice.begin();
  }

  /** Someone who is in the picture: moves their tag and takes part in the choice. `x`, `y`, `z` is their head. */
  see(index: number, words: TagWords, speaking: boolean, x: number, y: number, z: number, distance_m: number): void {
    const held = index < this.#tag_of.length ? (this.#tag_of[index] ?? 0) : 0;
    const tag = held > 0 ? this.#tags[held - 1] : undefined;
    if (tag !== undefined) this.#move(tag, words, speaking, x, y + TAG_LIFT_M, z, distance_m);
    if (this.#choosing && distance_m < this.reach_m) {
      this.#consider(index, words, x, y + TAG_LIFT_M, z, distance_m, tag?.wanted === true);
    }
  }

  /** After everyone was seen: decides who is named from now on, and lets the others fade. */
  end(): void {
    if (this.#choosing) this.#decide();
    for (const tag of this.#tags) this.#fadeTag(tag);
  }

  #move(tag: Tag, words: TagWords, speaking: boolean, x: number, y: number, z: number, distance_m: number): void {
    tag.present = true;
    if ((tag.words !== words || tag.speaking !== speaking) && this.#written < WRITTEN_PER_FRAME_MAX) {
      this.#written += 1;
      writeTag(tag.texture, words, speaking);
      tag.words = words;
      tag.speaking = speaking;
    }
    tag.mesh.position.set(x, y, z);
    tag.mesh.scaling.setAll(tagScale(distance_m));
    tag.mesh.visibility = tag.faded * tagStrength(distance_m, this.reach_m) * (words.away ? AWAY_STRENGTH : 1);
  }

  #consider(
    index: number,
    words: TagWords,
    x: number,
    y: number,
    z: number,
    distance_m: number,
    shown: boolean,
  ): void {
    const view = this.#view;
    view.aim(x, y, z);
    if (view.depth <= 0) return;
    const seen = tagScale(distance_m) / (2 * view.depth);
    const half_width = TAG_WIDTH_M * glassShare(words.nickname) * seen;
    const [across, above] = [view.across / view.depth, view.above / view.depth];
    this.#choice.consider(index, distance_m, across, above, half_width, TAG_HEIGHT_M * seen, shown);
  }

  #decide(): void {
    const count = this.#choice.settle();
    for (const tag of this.#tags) tag.wanted = false;
    for (let place = 0; place < count; place += 1) this.#grant(this.#choice.chosen(place));
  }

  /** Gives someone a tag, or the one they have. Without a free one they wait for the next choice. */
  #grant(index: number): void {
    if (index >= this.#tag_of.length) this.#grow(index);
    const held = this.#tag_of[index] ?? 0;
    const at = held > 0 ? held - 1 : this.#freeTag();
    const tag = this.#tags[at];
    if (tag === undefined) return;
    tag.wanted = true;
    if (held > 0) return;
    tag.index = index;
    tag.faded = 0;
    tag.present = true;
    tag.mesh.visibility = 0;
    this.#tag_of[index] = at + 1;
  }

  #freeTag(): number {
    const free = this.#tags.findIndex((tag) => tag.index < 0);
    if (free >= 0 || this.#tags.length === TAGS_MAX + TAGS_FADING) return free;
    this.#tags.push(this.#make());
    return this.#tags.length - 1;
  }

  #fadeTag(tag: Tag): void {
    if (tag.index < 0) return;
    const goal = tag.wanted && tag.present ? 1 : 0;
    // Nothing is shown before it says whose name it is.
    if (tag.words !== undefined || goal === 0) tag.faded += Math.sign(goal - tag.faded) * this.#fade;
    tag.faded = Math.min(1, Math.max(0, tag.faded));
    tag.mesh.isVisible = tag.faded > 0 && tag.present;
    if (goal === 0 && (tag.faded === 0 || !tag.present)) this.#free(tag);
    tag.present = false;
  }

  #free(tag: Tag): void {
    this.#tag_of[tag.index] = 0;
    tag.index = -1;
    tag.wanted = false;
    tag.faded = 0;
    tag.words = undefined;
    tag.mesh.isVisible = false;
  }

  #grow(index: number): void {
    const grown = new Uint8Array(2 * index + 1);
    grown.set(this.#tag_of);
    this.#tag_of = grown;
  }

  #make(): Tag {
    const mesh = CreatePlane("tag", { width: TAG_WIDTH_M, height: TAG_HEIGHT_M }, this.#scene);
    const texture = new DynamicTexture("tag", { ...TAG_TEXTURE_PX }, this.#scene, true);
    texture.hasAlpha = true;
    texture.wrapU = texture.wrapV = Texture.CLAMP_ADDRESSMODE;
    const material = unlit("tag", this.#scene);
    material.diffuseTexture = texture;
    material.useAlphaFromDiffuseTexture = true;
    material.disableDepthWrite = true;
    mesh.material = material;
    mesh.billboardMode = Mesh.BILLBOARDMODE_ALL;
    mesh.isPickable = false;
    mesh.applyFog = false;
    mesh.isVisible = false;
    return { mesh, texture, index: -1, wanted: false, present: false, faded: 0, words: undefined, speaking: false };
  }
}
