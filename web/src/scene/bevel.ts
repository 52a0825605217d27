/**
 * Edges that are never sharp: the corners of a unit box are drawn so that its bevel is as wide on a wall as on a brick.
 *
 * Any material takes it; one that bevels is for unit boxes whose corners belong to one face each. All have the same shader, since
 * making one takes longer than drawing many things: a number says whether it bevels. Shadow maps ignore plugins and draw the mesh as
 * it is, whose bevel is near enough.
 */
import { MaterialPluginBase } from "@babylonjs/core/Materials/materialPluginBase";
import type { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import type { UniformBuffer } from "@babylonjs/core/Materials/uniformBuffer";

/** Width of the bevel, metres, and at most this share of the shortest edge. */
const BEVEL_M = 0.035;
const BEVEL_SHARE = 0.1;
/** Before all plugins that read where a corner is. */
const PRIORITY = 100;

const VERTEX_POSITION = `
#ifdef INSTANCES
if (bevel > 0.0) {
  vec3 bevelSize = vec3(length(world0.xyz), length(world1.xyz), length(world2.xyz));
  float bevelWidth = min(bevel, ${BEVEL_SHARE} * min(bevelSize.x, min(bevelSize.y, bevelSize.z)));
  positionUpdated = sign(position) * (0.5 - (1.0 - abs(normal)) * bevelWidth / bevelSize);
}
#endif
`;

export class Bevel extends MaterialPluginBase {
  readonly #width_m: number;

  constructor(material: StandardMaterial, bevels: boolean) {
    // Babylon's constructor would ask for the shader before the fields are there.
    super(material, "Bevel", PRIORITY, undefined, false);
    this.#width_m = bevels ? BEVEL_M : 0;
    this._pluginManager._addPlugin(this);
    this._enable(true);
  }

  override getClassName(): string {
    return "Bevel";
  }

  override getUniforms(): ReturnType<MaterialPluginBase["getUniforms"]> {
    return { ubo: [{ name: "bevel", size: 1, type: "float" }] };
  }

  override bindForSubMesh(buffer: UniformBuffer): void {
    buffer.updateFloat("bevel", this.#width_m);
  }

  override getCustomCode(shader_type: string): { [point: string]: string } | null {
    return shader_type === "vertex" ? { CUSTOM_VERTEX_UPDATE_POSITION: VERTEX_POSITION } : null;
  }
}
