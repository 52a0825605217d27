/**
 * Light for surfaces: sun, the sky from six sides, sheen, air, tone mapping; by a plugin that any StandardMaterial takes.
 *
 *     daylight.light(material, { glow: 0, gloss: 0.3, metal: false, wide: false });
 *
 * One model, two prices: `vertex` sums light and air per corner (a processor draws), `pixel` per pixel, with the sun as a
 * Babylon light that throws shadows. A surface's colour stays sRGB until this plugin makes it linear, after all others
 * (`PRIORITY`). Another plugin on the same material may write, where `DAYLIGHT` is defined and before
 * `CUSTOM_FRAGMENT_BEFORE_FOG`: `dayGlow` (0..1, how much it shines by itself) and `dayRough` (0..1; the sheen needs
 * `gloss` above 0). Lamps are Babylon's lights and add to it. Must not know which things there are.
 */
import type { MaterialDefines } from "@babylonjs/core/Materials/materialDefines";
import { MaterialPluginBase } from "@babylonjs/core/Materials/materialPluginBase";
import type { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import type { UniformBuffer } from "@babylonjs/core/Materials/uniformBuffer";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import type { Sky } from "./environment";
import { DAY } from "./environment";
import type { Vector } from "./matrix";
import { ambientCube, linear, unit } from "./skylight";
import { SCREEN_GLSL, TONE_GLSL } from "./tone";

/** Where light is summed up. */
export type Price = "vertex" | "pixel";

/** How a surface answers light. */
export interface Finish {
  /** 0 none … 1: shines in its own colour. */
  readonly glow: number;
  /** 0 matte … 1 mirror. */
  readonly gloss: number;
  readonly metal: boolean;
  /** Larger than what air may be summed up over: floors. */
  readonly wide: boolean;
}

/** After every other plugin: what they made of the colour is lit. */
const PRIORITY = 900;
/** How much of the light a surface that is no metal throws back straight on. */
const DIELECTRIC = 0.04;
/** How much of a floor lies in the sun, as a sheen shows it. */
const MIRRORED_SUN = 0.6;
/** Of a metal's light so much is mirrored; the rest is dust. */
const METALLIC = 0.88;
/** Contrast that is added where pixels are lit singly. */
const CONTRAST = 0.1;

const UNIFORMS = [
  "dayEast", // and exposure
  "dayWest", // and the length of the haze
  "dayUp", // and contrast
  "dayDown", // and how bright the sky is in a sheen
  "dayNorth",
  "daySouth",
  "daySun",
  "dayToSun",
  "dayHaze",
  "dayAureole",
  "dayZenith",
  "dayMid",
  "dayHorizon",
  "dayGround",
  "dayPlain",
  "dayPaving",
  "dayFinish",
] as const;

type Numbers = { readonly [name in (typeof UNIFORMS)[number]]: Float32Array };

/** Light of the six sides, and what lies between eye and surface. */
const SHARED_GLSL = `
vec3 dayAmbient(vec3 n) {
  vec3 part = n * n;
  return part.x * (n.x > 0.0 ? dayEast.rgb : dayWest.rgb) + part.y * (n.y > 0.0 ? dayUp.rgb : dayDown.rgb)
    + part.z * (n.z > 0.0 ? dayNorth.rgb : daySouth.rgb);
}
vec4 dayAir(vec3 place) {
  vec3 away = place - vEyePosition.xyz;
  float far = length(away);
  float share = 1.0 - exp(-pow(far / dayWest.w, 1.6));
  float facing = max(0.0, dot(away, dayToSun.xyz) / max(far, 0.001));
  float near = facing * facing;
  return vec4((dayHaze.rgb + dayAureole.rgb * near * near * facing) * share, 1.0 - share);
}
`;

const VERTEX_DEFINITIONS = `
#ifdef DAYLIGHT_VERTEX
${SHARED_GLSL}
varying vec3 vDayLight;
#ifndef DAYLIGHT_WIDE
varying vec4 vDayAir;
#endif
#endif
`;

const VERTEX_END = `
#ifdef DAYLIGHT_VERTEX
vDayLight = dayAmbient(vNormalW) + daySun.rgb * max(0.0, dot(vNormalW, dayToSun.xyz));
#ifndef DAYLIGHT_WIDE
vDayAir = dayAir(worldPos.xyz);
#endif
#endif
`;

const FRAGMENT_DEFINITIONS = `
#ifdef DAYLIGHT
${TONE_GLSL}
#ifdef DAYLIGHT_VERTEX
varying vec3 vDayLight;
#ifndef DAYLIGHT_WIDE
varying vec4 vDayAir;
#endif
#else
${SCREEN_GLSL}
#endif
#if !defined(DAYLIGHT_VERTEX) || defined(DAYLIGHT_WIDE)
${SHARED_GLSL}
#endif
#ifdef DAYLIGHT_GLOSS
vec3 daySkyAt(float y, float rough) {
  float soft = rough * 0.5;
  vec3 above = mix(dayHorizon.rgb, dayMid.rgb, smoothstep(-soft, 0.32 + soft, y));
  above = mix(above, dayZenith.rgb, smoothstep(0.2 - soft, 0.95 + soft, y));
  return mix(dayGround.rgb, above, smoothstep(-0.05 - soft, 0.05 + soft, y));
}
#endif
#endif
`;

const FRAGMENT_BEGIN = `
#ifdef DAYLIGHT
float dayGlow = dayFinish.x;
float dayRough = dayFinish.y;
#endif
`;

const FRAGMENT_DIFFUSE = `
#ifdef DAYLIGHT
#ifdef DAYLIGHT_VERTEX
baseColor.rgb *= baseColor.rgb;
#else
baseColor.rgb = pow(max(baseColor.rgb, 0.0), vec3(2.2));
#endif
#endif
`;

const FRAGMENT_LIGHT = `
#ifdef DAYLIGHT
#ifdef DAYLIGHT_VERTEX
vec3 daySum = vDayLight + diffuseBase;
#else
vec3 daySum = dayAmbient(normalW) + diffuseBase;
#endif
vec3 dayColor = baseColor.rgb * mix(daySum * (1.0 - dayFinish.z), vec3(1.0), dayGlow);
#ifdef DAYLIGHT_GLOSS
float dayFacing = clamp(dot(normalW, viewDirectionW), 0.0, 1.0);
vec3 dayMirrored = reflect(-viewDirectionW, normalW);
vec3 dayStraight = mix(vec3(${DIELECTRIC}), baseColor.rgb, dayFinish.z);
float dayEdge = 1.0 - dayFacing;
dayEdge *= dayEdge;
vec3 dayFresnel = dayStraight + (max(vec3(1.0 - dayRough), dayStraight) - dayStraight) * dayEdge * dayEdge * (1.0 - dayFacing);
vec3 dayGleam = dayFresnel * daySkyAt(dayMirrored.y, dayRough) * dayDown.w;
// What another plugin made rougher than the material gleams less in the sun.
float daySmooth = clamp((1.0 - dayRough) / (1.001 - dayFinish.y), 0.0, 1.0);
daySmooth *= daySmooth;
#ifdef DAYLIGHT_VERTEX
dayGleam += daySmooth * dayStraight * dayFinish.w * daySun.rgb * pow(max(0.0, dot(dayMirrored, dayToSun.xyz)), vSpecularColor.a * 0.25);
#else
dayGleam += daySmooth * dayStraight * finalSpecular;
#endif
dayColor += dayGleam * (1.0 - dayGlow);
#ifdef DAYLIGHT_BLENDED
alpha = clamp(alpha + dot(dayGleam, vec3(0.3, 0.55, 0.15)), 0.0, 1.0);
color.a = alpha;
#endif
#endif
#if defined(DAYLIGHT_VERTEX) && !defined(DAYLIGHT_WIDE)
vec4 dayThrough = vDayAir;
#else
vec4 dayThrough = dayAir(vPositionW);
#endif
dayColor = toneMapped((dayColor * dayThrough.a + dayThrough.rgb) * dayEast.w);
#ifdef DAYLIGHT_VERTEX
color.rgb = sqrt(max(dayColor, 0.0));
#else
color.rgb = screenColor(dayColor, dayUp.w);
#endif
#endif
`;

/** What shines on all surfaces, and the surfaces it shines on. */
export class Daylight {
  readonly #numbers: Numbers;
  readonly #lit = new Set<Lit>();
  #price: Price = "pixel";

  constructor() {
    this.#numbers = Object.fromEntries(UNIFORMS.map((name) => [name, new Float32Array(4)])) as Numbers;
    this.shine(DAY, true, true);
  }

  get price(): Price {
    return this.#price;
  }

  set price(price: Price) {
    if (price === this.#price) return;
    this.#price = price;
    for (const lit of this.#lit) lit.markAllDefinesAsDirty();
  }

  /** Lets daylight fall on a material. */
  light(material: StandardMaterial, finish: Finish): void {
    // Of Babylon's lights only lamps and a sun that throws shadows are left; none of them knows ambient.
    material.specularPower = 10 + 110 * finish.gloss ** 2;
    material.specularColor = finish.gloss > 0 ? Color3.White().scale(gleam(material.specularPower)) : Color3.Black();
    const lit = new Lit(this, material, finish);
    this.#lit.add(lit);
    material.onDisposeObservable.add(() => this.#lit.delete(lit));
  }

  /** Takes over a sky; `sun` and `ambient` say whether they shine or the room brings its own. */
  shine(sky: Sky, sun: boolean, ambient: boolean): void {
    const cube = ambientCube(sky);
    const sides = ["dayEast", "dayWest", "dayUp", "dayDown", "dayNorth", "daySouth"] as const;
    const nothing: Vector = [0, 0, 0];
    sides.forEach((name, side) => this.#set(name, ambient ? (cube[side] ?? nothing) : nothing));
    this.#set("daySun", sun ? sky.sun_light : nothing);
    const [x, y, z] = unit(sky.sun_along);
    this.#set("dayToSun", [-x, -y, -z]);
    this.#set("dayHaze", linear(sky.haze));
    const [red, green, blue] = linear(sky.glow);
    const wide = sky.wide * 0.5;
    this.#set("dayAureole", [red * wide, green * wide, blue * wide]);
    this.#set("dayZenith", linear(sky.zenith));
    this.#set("dayMid", linear(sky.mid));
    this.#set("dayHorizon", linear(sky.horizon));
    this.#set("dayGround", mirroredGround(sky, cube[2] ?? nothing));
    // Floors are coloured before they are lit: these stay sRGB.
    this.#set("dayPlain", sky.plain_color);
    this.#set("dayPaving", sky.paving);
    this.#numbers.dayEast[3] = sky.exposure;
    this.#numbers.dayWest[3] = sky.haze_m;
    this.#numbers.dayUp[3] = CONTRAST;
    this.#numbers.dayDown[3] = ambient ? Math.min(1, sky.ambient) : 0;
  }

  /** @internal */
  bind(buffer: UniformBuffer): void {
    for (const name of UNIFORMS) {
      if (name === "dayFinish") continue;
      const { [name]: four } = this.#numbers;
      buffer.updateFloat4(name, four[0] ?? 0, four[1] ?? 0, four[2] ?? 0, four[3] ?? 0);
    }
  }

  #set(name: (typeof UNIFORMS)[number], value: Vector): void {
    this.#numbers[name].set(value);
  }
}

/** The floor as a sheen shows it: the paving in sun and sky. */
function mirroredGround(sky: Sky, above: Vector): Vector {
  const albedo = linear(sky.paving);
  const height = -unit(sky.sun_along)[1];
  const part = (axis: 0 | 1 | 2) => albedo[axis] * (sky.sun_light[axis] * height * MIRRORED_SUN + above[axis]);
  return [part(0), part(1), part(2)];
}

/** The sun's mirror image keeps its light when it gets smaller. */
function gleam(power: number): number {
  return (power + 8) / 8;
}

class Lit extends MaterialPluginBase {
  readonly #daylight: Daylight;
  readonly #finish: Finish;
  readonly #blended: boolean;
  readonly #gleam: number;

  constructor(daylight: Daylight, material: StandardMaterial, finish: Finish) {
    const defines = {
      DAYLIGHT: false,
      DAYLIGHT_VERTEX: false,
      DAYLIGHT_WIDE: false,
      DAYLIGHT_GLOSS: false,
      DAYLIGHT_BLENDED: false,
    };
    // Babylon's constructor would ask for the shader before the fields are there.
    super(material, "Daylight", PRIORITY, defines, false);
    this.#daylight = daylight;
    this.#finish = finish;
    this.#blended = material.needAlphaBlending();
    this.#gleam = gleam(material.specularPower);
    this._pluginManager._addPlugin(this);
    this._enable(true);
  }

  override getClassName(): string {
    return "Daylight";
  }

  override prepareDefinesBeforeAttributes(defines: MaterialDefines): void {
    // Babylon leaves normals out where no light of its own shines.
    defines._needNormals = true;
  }

  override prepareDefines(defines: MaterialDefines): void {
    defines["DAYLIGHT"] = true;
    defines["DAYLIGHT_VERTEX"] = this.#daylight.price === "vertex";
    defines["DAYLIGHT_WIDE"] = this.#finish.wide;
    defines["DAYLIGHT_GLOSS"] = this.#finish.gloss > 0;
    defines["DAYLIGHT_BLENDED"] = this.#blended;
  }

  override getUniforms(): ReturnType<MaterialPluginBase["getUniforms"]> {
    return { ubo: UNIFORMS.map((name) => ({ name, size: 4, type: "vec4" })) };
  }

  override bindForSubMesh(buffer: UniformBuffer): void {
    this.#daylight.bind(buffer);
    const { glow, gloss, metal } = this.#finish;
    buffer.updateFloat4("dayFinish", glow, 1 - gloss, metal ? METALLIC : 0, this.#gleam);
  }

  override getCustomCode(shader_type: string): { [point: string]: string } {
    if (shader_type === "vertex") {
      return { CUSTOM_VERTEX_DEFINITIONS: VERTEX_DEFINITIONS, CUSTOM_VERTEX_MAIN_END: VERTEX_END };
    }
    return {
      CUSTOM_FRAGMENT_DEFINITIONS: FRAGMENT_DEFINITIONS,
      CUSTOM_FRAGMENT_MAIN_BEGIN: FRAGMENT_BEGIN,
      CUSTOM_FRAGMENT_UPDATE_DIFFUSE: FRAGMENT_DIFFUSE,
      CUSTOM_FRAGMENT_BEFORE_FOG: FRAGMENT_LIGHT,
    };
  }
}
