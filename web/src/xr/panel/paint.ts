/**
 * Draws a sheet on a canvas: dark glass, plates, letters, icons; what is pointed at is lit.
 *
 * A painter of our own and not Babylon's GUI: that is 45 kB, compressed, before its first button, and draws the same letters
 * on the same kind of canvas; all that is seen in a headset, this included, is half of that.
 */
import { PANEL_ICON_PATHS, type PanelIcon } from "./icons";
import { type Look, PX_PER_DMM, fontOf, plateOf } from "./look";
import type { PaintColor, Piece, Sheet, Target, Tone } from "./sheet";

const RADIUS = 10;
const PANEL_RADIUS = 18;
const ICON_GRID = 24;
const ICON_STROKE = 1.9;
const BARS = 4;

type Pen = CanvasRenderingContext2D;

/** `backed` sheets are a panel of glass; others only what is on them. */
export function paintSheet(pen: Pen, sheet: Sheet, lit: readonly string[], backed: boolean, look: Look): void {
  pen.setTransform(PX_PER_DMM, 0, 0, PX_PER_DMM, 0, 0);
  pen.clearRect(0, 0, sheet.width, sheet.height);
  if (backed) box(pen, 0.75, 0.75, sheet.width - 1.5, sheet.height - 1.5, PANEL_RADIUS, look.glass, look.line, 1.5);
  for (const piece of sheet.pieces) paintPiece(pen, piece, lit, backed, look);
}

function paintPiece(pen: Pen, piece: Piece, lit: readonly string[], backed: boolean, look: Look): void {
  switch (piece.kind) {
    case "target":
      return paintTarget(pen, piece.target, lit.includes(piece.target.key), look);
    case "text":
      return paintText(pen, piece, look);
    case "icon":
      return paintIcon(pen, piece.icon, piece.x, piece.y, piece.size, look.tones[piece.color]);
    case "dot":
      return paintDot(pen, piece.x, piece.y, piece.radius, paintOf(piece.color, look), piece.hollow);
    case "rule":
      pen.fillStyle = look.line;
      return pen.fillRect(piece.x, piece.y, piece.width, 1.2);
    case "switch":
      return paintSwitch(pen, piece.x, piece.y, piece.width, piece.height, piece.on, look);
    case "bars":
      return paintBars(pen, piece.x, piece.y, piece.height, piece.bars, look);
    case "plate": {
      const fill = piece.mark === undefined ? (backed ? look.faint : look.glass) : look.sunken;
      const rim = piece.mark === undefined ? look.line : look.tones[piece.mark];
      return box(pen, piece.x, piece.y, piece.width, piece.height, RADIUS, fill, backed ? rim : undefined, piece.mark === undefined ? 0.8 : 1.6);
    }
  }
}

function paintTarget(pen: Pen, { x, y, width, height, face, swatch, enabled }: Target, lit: boolean, look: Look): void {
  pen.globalAlpha = enabled ? 1 : 0.45;
  const plate = swatch === undefined ? plateOf(look, face, lit) : lit ? look.raised : undefined;
  if (plate !== undefined) box(pen, x, y, width, height, RADIUS, plate, face === "field" ? look.line : undefined, 1.2);
  if (lit && face !== "primary" && face !== "chosen") box(pen, x, y, width, height, RADIUS, look.hover, look.tones.ink, 1.6);
  if (swatch !== undefined) {
    const [middle_x, middle_y, radius] = [x + width / 2, y + height / 2, height / 2 - 7];
    paintDot(pen, middle_x, middle_y, radius, swatch, false);
    if (face === "chosen") ring(pen, middle_x, middle_y, radius + 4, look.tones.ink, 2.4);
  }
  pen.globalAlpha = 1;
}

function paintText(pen: Pen, { x, y, text, size, strong, align, color }: Extract<Piece, { kind: "text" }>, look: Look): void {
  // The font's size counts the pixels already.
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.font = fontOf(look, size, strong);
  pen.textAlign = align;
  pen.textBaseline = "middle";
  pen.fillStyle = paintOf(color, look);
  pen.fillText(text, x * PX_PER_DMM, (y + size * 0.06) * PX_PER_DMM);
  pen.setTransform(PX_PER_DMM, 0, 0, PX_PER_DMM, 0, 0);
}

function paintOf(color: PaintColor, { tones }: Look): string {
  return Object.hasOwn(tones, color) ? tones[color as Tone] : color;
}

function paintIcon(pen: Pen, icon: PanelIcon, x: number, y: number, size: number, color: string): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(size / ICON_GRID, size / ICON_GRID);
  pen.strokeStyle = color;
  pen.lineWidth = ICON_STROKE;
  pen.lineCap = pen.lineJoin = "round";
  pen.stroke(new Path2D(PANEL_ICON_PATHS[icon]));
  pen.restore();
}

function paintDot(pen: Pen, x: number, y: number, radius: number, color: string, hollow: boolean): void {
  if (hollow) return ring(pen, x, y, radius - 1.2, color, 2.4);
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function ring(pen: Pen, x: number, y: number, radius: number, color: string, width: number): void {
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}

function paintSwitch(pen: Pen, x: number, y: number, width: number, height: number, on: boolean, look: Look): void {
  box(pen, x, y, width, height, height / 2, on ? look.accent : look.sunken, on ? undefined : look.tones.soft, 1.6);
  const radius = height / 2 - 5;
  paintDot(pen, on ? x + width - height / 2 : x + height / 2, y + height / 2, radius, on ? look.tones.on_accent : look.tones.soft, false);
}

function paintBars(pen: Pen, x: number, y: number, height: number, bars: number, look: Look): void {
  for (let bar = 1; bar <= BARS; bar += 1) {
    const high = (height * bar) / BARS;
    const on = bars === 1 ? look.tones.danger : look.tones.ink;
    box(pen, x + (bar - 1) * 7, y + height - high, 5, high, 1.4, bar <= bars ? on : look.hover, undefined, 0);
  }
}

function box(pen: Pen, x: number, y: number, width: number, height: number, radius: number, fill: string, rim: string | undefined, rim_width: number): void {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fillStyle = fill;
  pen.fill();
  if (rim === undefined) return;
  pen.strokeStyle = rim;
  pen.lineWidth = rim_width;
  pen.stroke();
}
