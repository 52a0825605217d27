/**
 * Text in the room: each different text is written once into a texture and drawn as a batch of planes.
 */
import { DynamicTexture } from "@babylonjs/core/Materials/Textures/dynamicTexture";
import { Texture } from "@babylonjs/core/Materials/Textures/texture";
import { Vector4 } from "@babylonjs/core/Maths/math.vector";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import { shown } from "../core/writing";
import { Batch } from "./batch";
import type { Vector } from "./matrix";
import { unlit } from "./surfaces";
import { brokenLine } from "./text_lines";

/** Different texts drawn at once, each a texture of up to 2 MiB; further ones are not drawn until others go. */
export const TEXTS_MAX = 300;
/** Largest edge of a text's texture, pixels: every device has it. */
const TEXTURE_EDGE_MAX_PX = 2_048;
/** Height of a line in the texture, pixels; smaller when the text would not fit. */
const LINE_PX = 96;
/** Longer lines are broken at words, line heights: what is wider is not read but scanned. */
const WIDTH_MAX = 18;
const INK = { dark: "rgba(16, 28, 42, 0.8)", light: "rgba(255, 255, 255, 0.8)" } as const;
/** Width of the outline and of the soft shade around it, line heights. */
const OUTLINE = 0.03;
const SHADE = 0.1;
const FONT =
  "600 {px}px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";

/** A text on its planes. */
export interface Written {
  readonly batch: Batch;
  /** Width and height in lines. */
  readonly width: number;
  readonly height: number;
}

export class Texts {
  readonly #scene: Scene;
  readonly #written = new Map<string, Written>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /**
   * The text's batch, written when it is new; undefined when there are too many. `light` letters have a dark outline, dark
   * ones a light one: they are read before whatever is behind them.
   */
  write(value: string, light: boolean): Written | undefined {
    const key = `${light ? "light" : "dark"} ${value}`;
    const known = this.#written.get(key);
    if (known !== undefined || this.#written.size >= TEXTS_MAX) return known;
    const written = this.#make(value, light);
    this.#written.set(key, written);
    return written;
  }

  /** Forgets texts that nobody shows any more and uploads the others. */
  upload(): void {
    for (const [key, { batch }] of this.#written) {
      batch.upload();
      if (batch.slots.count > 0) continue;
      batch.mesh.dispose(false, true);
      this.#written.delete(key);
    }
  }

  #make(value: string, light: boolean): Written {
    const lines = shown(value).split("\n").flatMap((line) => brokenLine(line, WIDTH_MAX, widthOf));
    const measured = measure(lines);
    const size = { width: Math.ceil(measured.width_px), height: Math.ceil(measured.height_px) };
    const texture = new DynamicTexture("text", size, this.#scene, true);
    texture.hasAlpha = true;
    texture.anisotropicFilteringLevel = 8;
    texture.wrapU = texture.wrapV = Texture.CLAMP_ADDRESSMODE;
    writeLines(texture, lines, measured.line_px, size, light);
    const width = size.width / measured.line_px;
    const height = size.height / measured.line_px;
    return { batch: new Batch(this.#plane(texture)), width, height };
  }

  #plane(texture: DynamicTexture): Mesh {
    // Readable from both sides.
    const backUVs = new Vector4(1, 0, 0, 1);
    const plane = CreatePlane("text", { size: 1, sideOrientation: Mesh.DOUBLESIDE, backUVs }, this.#scene);
    const material = unlit("text", this.#scene);
    material.diffuseTexture = texture;
    material.useAlphaFromDiffuseTexture = true;
    plane.material = material;
    return plane;
  }
}

/** The stretch that makes a text of a line height, metres. */
export function textStretch({ width, height }: Written, size: number): Vector {
  return [width * size, height * size, 1];
}

interface Measured {
  readonly line_px: number;
  readonly width_px: number;
  readonly height_px: number;
}

/** Width of a line, line heights. */
function widthOf(line: string): number {
  const pen = (measuring ??= document.createElement("canvas").getContext("2d"));
  if (pen === null) throw new Error("the browser gives no 2D canvas");
  pen.font = font(LINE_PX);
  return pen.measureText(line).width / LINE_PX;
}

let measuring: CanvasRenderingContext2D | null | undefined;

function measure(lines: readonly string[]): Measured {
  const widest = (Math.max(1 / 4, ...lines.map(widthOf)) + 1 / 4) * LINE_PX;
  const fit = Math.min(1, TEXTURE_EDGE_MAX_PX / widest, TEXTURE_EDGE_MAX_PX / (lines.length * LINE_PX));
  const line_px = LINE_PX * fit;
  return { line_px, width_px: widest * fit, height_px: line_px * lines.length };
}

function writeLines(
  texture: DynamicTexture,
  lines: readonly string[],
  line_px: number,
  size: { readonly width: number; readonly height: number },
  light: boolean,
): void {
  const pen = texture.getContext() as CanvasRenderingContext2D;
  // A transparent white under the letters: their edges must not darken.
  pen.clearRect(0, 0, size.width, size.height);
  pen.fillStyle = "#ffffff";
  pen.font = font(line_px);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  Object.assign(pen, { strokeStyle: light ? INK.dark : INK.light, lineWidth: 2 * OUTLINE * line_px, lineJoin: "round" });
  Object.assign(pen, { shadowColor: pen.strokeStyle, shadowBlur: SHADE * line_px });
  const each = (write: (line: string, y: number) => void) => lines.forEach((line, row) => write(line, line_px * (row + 0.52)));
  each((line, y) => pen.strokeText(line, size.width / 2, y));
  pen.shadowBlur = 0;
  each((line, y) => pen.fillText(line, size.width / 2, y));
  texture.update(true);
}

function font(line_px: number): string {
  return FONT.replace("{px}", String(Math.round(line_px * 0.76)));
}
