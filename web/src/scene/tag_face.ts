/**
 * What a name tag looks like: dark glass, a dot in the person's colour, the name; whoever speaks has a bright rim.
 *
 * Owns the drawing on a tag's texture. Knows neither where tags are nor whose they are.
 */
import type { DynamicTexture } from "@babylonjs/core/Materials/Textures/dynamicTexture";
import { isolated, letters } from "../core/writing";

/** Size of a tag's texture, pixels: 128 KiB. */
export const TAG_TEXTURE_PX = { width: 512, height: 64 } as const;
const FONT =
  "600 34px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
/** Glass beside the name: the dot before it and the rounding. */
const BESIDE_NAME_PX = 74;
/** A letter's width on average; only for an estimate before the name is written. */
const LETTER_PX = 19;
const GLASS = "rgba(15, 21, 27, 0.74)";
const INK = "#f3f7fa";
/** The interface's colour for what is well: someone is heard. */
const SPEAKING = "#5fd79b";

/** What is written on a tag; another object means that something is written differently. */
export interface TagWords {
  readonly nickname: string;
  readonly color: string;
  readonly away: boolean;
}

/** About how much of a tag's width its glass takes, 0..1. */
export function glassShare(nickname: string): number {
  return Math.min(1, (BESIDE_NAME_PX + nickname.length * LETTER_PX) / TAG_TEXTURE_PX.width);
}

export function writeTag(texture: DynamicTexture, { nickname, color, away }: TagWords, speaking: boolean): void {
  const pen = texture.getContext() as CanvasRenderingContext2D;
  const { width, height } = TAG_TEXTURE_PX;
  pen.clearRect(0, 0, width, height);
  pen.font = FONT;
  const label = fitted(pen, away ? `${isolated(nickname)} (away)` : nickname, width - BESIDE_NAME_PX - 14);
  const glass = pen.measureText(label).width + BESIDE_NAME_PX;
  const left = (width - glass) / 2;
  drawGlass(pen, left, glass, height, speaking);
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(left + 30, height / 2, 10, 0, Math.PI * 2);
  pen.fill();
  pen.fillStyle = INK;
  pen.textBaseline = "middle";
  pen.fillText(label, left + 50, height / 2 + 2);
  texture.update(true);
}

function drawGlass(pen: CanvasRenderingContext2D, left: number, glass: number, height: number, speaking: boolean): void {
  pen.fillStyle = GLASS;
  pen.beginPath();
  pen.roundRect(left, 4, glass, height - 8, (height - 8) / 2);
  pen.fill();
  if (!speaking) return;
  pen.strokeStyle = SPEAKING;
  pen.lineWidth = 5;
  pen.stroke();
}

/** The text, shortened to a width. */
function fitted(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  const kept = [...letters(text)];
  while (kept.length > 1 && pen.measureText(`${kept.join("")}…`).width > width) kept.pop();
  return `${kept.join("")}…`;
}
