/**
 * Edges that are never sharp: the corners of a unit box are drawn so that its bevel is as wide on a wall as on a brick.
 *
 * Any material takes it; it does something to meshes that were marked as bevelled boxes. Shadow maps ignore plugins and
 * draw the mesh as it is, whose bevel is near enough.
 */
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import type { MaterialDefines } from "@babylonjs/core/Materials/materialDefines";
import { MaterialPluginBase } from "@babylonjs/core/Materials/materialPluginBase";
import type { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import type { Scene } from "@babylonjs/core/scene";

/** Width of the bevel, metres, and at most this share of the shortest edge. */
const BEVEL_M = 0.035;
const BEVEL_SHARE = 0.1;
/** Before all plugins that read where a corner is. */
const PRIORITY = 100;

const VERTEX_POSITION = `
#if defined(BEVELLED) && defined(INSTANCES)
vec3 bevelSize = vec3(length(world0.xyz), length(world1.xyz), length(world2.xyz));
float bevelWidth = min(${BEVEL_M}, ${BEVEL_SHARE} * min(bevelSize.x, min(bevelSize.y, bevelSize.z)));
positionUpdated = sign(position) * (0.5 - (1.0 - abs(normal)) * bevelWidth / bevelSize);
#endif
`;

const boxes = new WeakSet<AbstractMesh>();

/** Says that a mesh is a unit box whose corners belong to one face each. */
export function markBevelled<T extends AbstractMesh>(mesh: T): T {
  boxes.add(mesh);
  return mesh;
}

/** Says that a mesh is no such box any more. */
export function unmarkBevelled(mesh: AbstractMesh): void {
  boxes.delete(mesh);
}

export class Bevel extends MaterialPluginBase {
  constructor(material: StandardMaterial) {
    super(material, "Bevel", PRIORITY, { BEVELLED: false });
    this._enable(true);
  }

  override getClassName(): string {
    return "Bevel";
  }

  override prepareDefines(defines: MaterialDefines, _scene: Scene, mesh: AbstractMesh): void {
    defines["BEVELLED"] = boxes.has(mesh);
  }

  override getCustomCode(shader_type: string): { [point: string]: string } | null {
    return shader_type === "vertex" ? { CUSTOM_VERTEX_UPDATE_POSITION: VERTEX_POSITION } : null;
  }
}
