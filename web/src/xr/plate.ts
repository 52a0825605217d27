/** A few words on dark glass, as large as they need to be read. */
import { DynamicTexture } from "@babylonjs/core/Materials/Textures/dynamicTexture";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Stage } from "../scene/stage";
import { unlit } from "../scene/surfaces";

/** A line's height on the texture and around it, pixels. */
const LINE_PX = 60;
const AROUND_PX = 36;
const FONT = "600 42px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const GLASS = "rgba(15, 21, 27, 0.9)";
const EDGE = "rgba(255, 255, 255, 0.24)";
const INK = "#f3f7fa";

/** Makes a plate whose lines are `line_m` metres high; hidden at first. */
export function newPlate({ scene }: Stage, lines: readonly string[], line_m: number): Mesh {
  const width = Math.ceil(widest(lines)) + 2 * AROUND_PX;
  const height = lines.length * LINE_PX + 2 * AROUND_PX;
  const texture = new DynamicTexture("plate", { width, height }, scene, true);
  texture.hasAlpha = true;
  write(texture.getContext() as CanvasRenderingContext2D, lines, width, height);
  texture.update(true);
  const metres = line_m / LINE_PX;
  const plate = CreatePlane("plate", { width: width * metres, height: height * metres }, scene);
  const material = unlit("plate", scene);
  material.diffuseTexture = texture;
  material.useAlphaFromDiffuseTexture = true;
  plate.material = material;
  plate.isPickable = plate.applyFog = false;
  plate.setEnabled(false);
  return plate;
}

function widest(lines: readonly string[]): number {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen === null) return 0;
  pen.font = FONT;
  return Math.max(...lines.map((line) => pen.measureText(line).width));
}

function write(pen: CanvasRenderingContext2D, lines: readonly string[], width: number, height: number): void {
  pen.fillStyle = GLASS;
  pen.strokeStyle = EDGE;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.roundRect(2, 2, width - 4, height - 4, 24);
  pen.fill();
  pen.stroke();
  pen.font = FONT;
  pen.fillStyle = INK;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  lines.forEach((line, at) => pen.fillText(line, width / 2, AROUND_PX + (at + 0.5) * LINE_PX));
}
