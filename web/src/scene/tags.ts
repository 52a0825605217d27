/**
 * Name tags: small dark glass with a name, facing whoever looks, fading with distance. Knows people only as index,
 * name and colour.
 */
import { DynamicTexture } from "@babylonjs/core/Materials/Textures/dynamicTexture";
import { Texture } from "@babylonjs/core/Materials/Textures/texture";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import type { Vector } from "./matrix";
import { unlit } from "./surfaces";
import { tagScale, tagStrength } from "./tag_sight";

/** Tags shown at once, the nearest; each is a texture of 128 KiB. */
export const TAGS_MAX = 40;
/** Height of a tag nearby, metres; farther ones are a little larger, so that they can still be read. */
const TAG_HEIGHT_M = 0.11;
const TEXTURE_PX = { width: 512, height: 64 } as const;
const FONT =
  "600 34px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";

/** What is written on a tag. */
export interface TagText {
  readonly nickname: string;
  readonly color: string;
  readonly away: boolean;
}

interface Tag {
  readonly mesh: Mesh;
  readonly texture: DynamicTexture;
  written: string;
  used: boolean;
}

export class Tags {
  readonly #scene: Scene;
  readonly #tags = new Map<number, Tag>();
  readonly #spare: Tag[] = [];
  #shown = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  begin(): void {
    this.#shown = 0;
    for (const tag of this.#tags.values()) tag.used = false;
  }

  /** Shows a person's tag at a place; call for the nearest first. */
  show(index: number, text: TagText, place: Vector, distance_m: number): void {
    const strength = tagStrength(distance_m);
    if (strength === 0 || this.#shown >= TAGS_MAX) return;
    this.#shown += 1;
    const tag = this.#tags.get(index) ?? this.#take(index);
    tag.used = true;
    write(tag, text);
    tag.mesh.isVisible = true;
    tag.mesh.visibility = strength * (text.away ? 0.6 : 1);
    tag.mesh.position.set(place[0], place[1], place[2]);
    tag.mesh.scaling.setAll(tagScale(distance_m));
  }

  /** Hides the tags that were not shown in this frame; they are reused. */
  end(): void {
    for (const [index, tag] of this.#tags) {
      if (tag.used) continue;
      tag.mesh.isVisible = false;
      this.#tags.delete(index);
      this.#spare.push(tag);
    }
  }

  #take(index: number): Tag {
    const tag = this.#spare.pop() ?? this.#make();
    this.#tags.set(index, tag);
    return tag;
  }

  #make(): Tag {
    const width = (TAG_HEIGHT_M * TEXTURE_PX.width) / TEXTURE_PX.height;
    const mesh = CreatePlane("tag", { width, height: TAG_HEIGHT_M }, this.#scene);
    const texture = new DynamicTexture("tag", { ...TEXTURE_PX }, this.#scene, true);
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
    return { mesh, texture, written: "", used: false };
  }
}

function write(tag: Tag, { nickname, color, away }: TagText): void {
  const written = `${nickname}\n${color}\n${away}`;
  if (tag.written === written) return;
  tag.written = written;
  const pen = tag.texture.getContext() as CanvasRenderingContext2D;
  const { width, height } = TEXTURE_PX;
  pen.clearRect(0, 0, width, height);
  pen.font = FONT;
  const label = fitted(pen, away ? `${nickname} (away)` : nickname, width - 88);
  const glass = pen.measureText(label).width + 74;
  const left = (width - glass) / 2;
  pen.fillStyle = "rgba(15, 21, 27, 0.74)";
  pen.beginPath();
  pen.roundRect(left, 4, glass, height - 8, (height - 8) / 2);
  pen.fill();
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(left + 30, height / 2, 10, 0, Math.PI * 2);
  pen.fill();
  pen.fillStyle = "#f3f7fa";
  pen.textBaseline = "middle";
  pen.fillText(label, left + 50, height / 2 + 2);
  tag.texture.update(true);
}

/** The text, shortened to a width. */
function fitted(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && pen.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("")}…`;
}
