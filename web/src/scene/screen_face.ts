/**
 * What the face of a screen looks like: dark and calm while nobody shares, else black around the picture and a line that says who
 * shares.
 *
 * Owns the drawing on a face's texture and where a picture goes on it. Knows neither entities nor streams.
 */
import type { DynamicTexture } from "@babylonjs/core/Materials/Textures/dynamicTexture";
import { isolated, letters } from "../core/writing";

/** Pixels of the longer side of a face's texture: letters of its line are sharp from three metres. */
export const FACE_PX = 1_024;
/** Of the shorter side at least so many. */
const FACE_PX_MIN = 64;
/** The line below the picture, as a share of the face's width; on a face of 5:3 the picture is one of 16:9. */
const LINE_SHARE = 0.0375;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const IDLE = { from: "#202932", to: "#141a20", rim: "rgba(255, 255, 255, 0.07)", ink: "rgba(184, 196, 207, 0.78)" } as const;
const LINE = { ground: "#10151a", ink: "#d5dee6" } as const;
const HINT = "Share something here";

/** A rectangle on a face: its middle and its size, metres, from the face's middle. */
export interface Spread {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How large the line below the picture is on a face, metres. */
export function lineHeight(width: number, height: number): number {
  return Math.min(LINE_SHARE * width, height / 4);
}

/** Where a picture of an aspect (width over height) goes on a face: as large as it can be above the line, and whole. */
export function pictureOn(width: number, height: number, aspect: number): Spread {
  const line = lineHeight(width, height);
  const free = height - line;
  const scale = Math.min(width / aspect, free);
  return { x: 0, y: line / 2, width: scale * aspect, height: scale };
}

/** Pixels of a face's texture. */
export function faceSize(width: number, height: number): { readonly width: number; readonly height: number } {
  const px_m = FACE_PX / Math.max(width, height);
  const px = (metres: number) => Math.max(FACE_PX_MIN, Math.round(metres * px_m));
  return { width: px(width), height: px(height) };
}

/** Draws a face: with the line of who shares, or without anybody. */
export function drawFace(texture: DynamicTexture, sharer: string | null): void {
  const pen = texture.getContext() as CanvasRenderingContext2D;
  const { width, height } = texture.getSize();
  if (sharer === null) drawIdle(pen, width, height);
  else drawShared(pen, width, height, sharer);
  texture.update(true);
}

function drawIdle(pen: CanvasRenderingContext2D, width: number, height: number): void {
  const ground = pen.createLinearGradient(0, 0, 0, height);
  ground.addColorStop(0, IDLE.from);
  ground.addColorStop(1, IDLE.to);
  pen.fillStyle = ground;
  pen.fillRect(0, 0, width, height);
  pen.strokeStyle = IDLE.rim;
  pen.lineWidth = 3;
  pen.strokeRect(10, 10, width - 20, height - 20);
  pen.strokeStyle = pen.fillStyle = IDLE.ink;
  // As large as on a new screen, whatever this one's form.
  const unit = Math.min(width, (height * 5) / 3) / FACE_PX;
  drawSign(pen, width / 2, height / 2 - 34 * unit, 56 * unit);
  pen.font = `500 ${30 * unit}px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(HINT, width / 2, height / 2 + 48 * unit);
}

/** A screen with an arrow into it, as on the button. */
function drawSign(pen: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  const part = (share: number) => share * size;
  pen.lineWidth = part(0.0625);
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  pen.roundRect(x - part(0.75), y - part(0.5), part(1.5), part(0.95), part(0.12));
  pen.moveTo(x - part(0.3), y + part(0.68));
  pen.lineTo(x + part(0.3), y + part(0.68));
  pen.moveTo(x, y + part(0.22));
  pen.lineTo(x, y - part(0.26));
  pen.moveTo(x - part(0.2), y - part(0.06));
  pen.lineTo(x, y - part(0.26));
  pen.lineTo(x + part(0.2), y - part(0.06));
  pen.stroke();
}

function drawShared(pen: CanvasRenderingContext2D, width: number, height: number, sharer: string): void {
  pen.fillStyle = "#000000";
  pen.fillRect(0, 0, width, height);
  const line = lineHeight(width, height);
  pen.fillStyle = LINE.ground;
  pen.fillRect(0, height - line, width, line);
  pen.font = `500 ${Math.round(line * 0.6)}px ${FONT}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = LINE.ink;
  pen.fillText(fitted(pen, `${isolated(sharer)} shares`, width - 2 * line), line * 0.6, height - line / 2 + 1);
}

/** The text, shortened to a width. */
function fitted(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  const kept = [...letters(text)];
  while (kept.length > 1 && pen.measureText(`${kept.join("")}…`).width > width) kept.pop();
  return `${kept.join("")}…`;
}
