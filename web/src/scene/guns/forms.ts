/**
 * Weapons and what lies about to be picked up, as clay. A weapon's origin is the hand that holds it; it points along +Z, and what
 * shines on it takes the instance's colour. Pure.
 */
import type { GunKind, PickUp } from "../../core/guns";
import type { Vector } from "../matrix";
import { GLOWING, TINTED, addBall, addBar, addBox, ball, leaned, paint } from "../arena/forms";
import { Clay, type Paint, tube } from "../person/clay";

const CHARCOAL = paint(0x39424f, 0.5);
const STEEL = paint(0x8f9aa8, 0.3);
const DARK = paint(0x1b2029, 0.6);
const PLASTER = paint(0xe9e2d6, 0.55);
const WOOD = paint(0xb27a48, 0.65);
const CORAL = paint(0xd95a3c, 0.55);
const INDIGO = paint(0x8286b4, 0.5);
const TEAL = paint(0x2f978c, 0.5);
const BRASS = paint(0xe0a948, 0.3);
const WHITE = paint(0xf4efe6, 0.5);

/** Where a weapon's shot comes out, and the colour that shines on it. */
export const GUNS: { readonly [kind in GunKind]: { readonly clay: () => Clay; readonly muzzle: Vector; readonly light: Vector } } = {
  pistol: { clay: pistolClay, muzzle: [0, 0.075, 0.24], light: [0.35, 1.25, 1.1] },
  shotgun: { clay: shotgunClay, muzzle: [0, 0.085, 0.62], light: [1.4, 0.75, 0.25] },
  rifle: { clay: rifleClay, muzzle: [0, 0.09, 0.62], light: [0.6, 0.75, 1.5] },
  launcher: { clay: launcherClay, muzzle: [0, 0.12, 0.6], light: [1.5, 0.42, 0.22] },
};

/** A handle below the hand's middle, slanted as hands have it. */
function handle(skin: Paint, long: number): Clay {
  const clay = new Clay();
  addBox(clay, [0, -long * 0.45, 0], [0.021, long * 0.55, 0.031], skin, 0.014);
  return leaned(clay, -0.22);
}

function guard(clay: Clay, z: number): Clay {
  addBox(clay, [0, -0.028, z], [0.007, 0.006, 0.035], CHARCOAL, 0.004);
  return addBox(clay, [0, -0.004, z + 0.032], [0.007, 0.028, 0.006], CHARCOAL, 0.004);
}

function muzzle(clay: Clay, z: number, y: number, radius: number, skin: Paint): Clay {
  tube(clay, [0, y, z - 0.02], [0, y, z + 0.02], [[0, radius * 1.05], [0.004, radius * 1.25], [0.034, radius * 1.25], [0.04, radius], [0.03, radius * 0.7], [0.028, 0]], 10, [skin, skin, skin, skin, DARK, DARK]);
  return clay;
}

function pistolClay(): Clay {
  const clay = handle(CHARCOAL, 0.115);
  addBar(clay, [[-0.062, 0.02, 0.026, 0.07], [-0.05, 0.026, 0.034, 0.07], [0.19, 0.026, 0.034, 0.072], [0.205, 0.02, 0.026, 0.073]], TEAL, 12, 5);
  addBar(clay, [[-0.03, 0.022, 0.018, 0.03], [0.15, 0.022, 0.018, 0.032], [0.165, 0.016, 0.012, 0.034]], CHARCOAL, 10, 4);
  for (const side of [-1, 1]) addBox(clay, [side * 0.025, 0.078, 0.09], [0.004, 0.007, 0.065], GLOWING, 0.003);
  addBox(clay, [0, 0.112, -0.035], [0.012, 0.009, 0.01], DARK, 0.004);
  addBox(clay, [0, 0.112, 0.18], [0.005, 0.009, 0.008], GLOWING, 0.003);
  guard(clay, 0.045);
  return muzzle(clay, 0.215, 0.075, 0.018, STEEL);
}

function shotgunClay(): Clay {
  const clay = handle(WOOD, 0.1);
  // The stock behind the hand, the receiver over it, two barrels.
  addBar(clay, [[-0.3, 0.024, 0.055, -0.005], [-0.29, 0.03, 0.062, -0.004], [-0.12, 0.026, 0.042, 0.035], [-0.04, 0.024, 0.036, 0.055]], WOOD, 10, 3);
  addBar(clay, [[-0.07, 0.028, 0.036, 0.07], [-0.05, 0.034, 0.044, 0.07], [0.13, 0.034, 0.042, 0.075], [0.15, 0.028, 0.034, 0.077]], CHARCOAL, 12, 5);
  for (const side of [-1, 1]) {
    tube(clay, [side * 0.02, 0.09, 0.1], [side * 0.02, 0.09, 0.6], [[0, 0.021], [0.49, 0.021], [0.5, 0.017], [0.48, 0.014], [0.47, 0]], 9, [STEEL, STEEL, STEEL, DARK, DARK]);
    addBox(clay, [side * 0.035, 0.078, 0.035], [0.004, 0.012, 0.04], GLOWING, 0.003);
  }
  addBar(clay, [[0.2, 0.03, 0.024, 0.056], [0.215, 0.036, 0.03, 0.056], [0.4, 0.036, 0.03, 0.06], [0.415, 0.03, 0.024, 0.06]], WOOD, 10, 3.2);
  addBox(clay, [0, 0.118, 0.57], [0.006, 0.01, 0.008], GLOWING, 0.003);
  return guard(clay, 0.045);
}

function rifleClay(): Clay {
  const clay = handle(CHARCOAL, 0.105);
  addBar(clay, [[-0.29, 0.02, 0.05, 0.05], [-0.275, 0.026, 0.058, 0.05], [-0.2, 0.024, 0.046, 0.06], [-0.19, 0.018, 0.02, 0.075], [-0.08, 0.018, 0.02, 0.075]], CHARCOAL, 10, 4);
  addBar(clay, [[-0.1, 0.026, 0.04, 0.075], [-0.085, 0.033, 0.05, 0.075], [0.18, 0.033, 0.048, 0.08], [0.2, 0.026, 0.036, 0.083]], INDIGO, 12, 5);
  addBar(clay, [[0.19, 0.022, 0.028, 0.085], [0.2, 0.028, 0.033, 0.085], [0.42, 0.025, 0.029, 0.088], [0.43, 0.019, 0.022, 0.088]], CHARCOAL, 10, 4);
  tube(clay, [0, 0.09, 0.4], [0, 0.09, 0.6], [[0, 0.014], [0.2, 0.014]], 8, STEEL);
  // A slanted magazine before the hand, a rail and a sight over it.
  const magazine = new Clay();
  addBox(magazine, [0, -0.03, 0.11], [0.018, 0.085, 0.032], PLASTER, 0.01);
  clay.add(leaned(magazine, 0.16));
  addBox(clay, [0, 0.128, 0.03], [0.01, 0.01, 0.12], DARK, 0.004);
  addBox(clay, [0, 0.155, 0.02], [0.02, 0.024, 0.035], CHARCOAL, 0.01);
  addBox(clay, [0, 0.157, 0.056], [0.013, 0.014, 0.004], GLOWING, 0.003);
  for (const side of [-1, 1]) addBox(clay, [side * 0.028, 0.093, 0.31], [0.004, 0.006, 0.09], GLOWING, 0.003);
  guard(clay, 0.045);
  return muzzle(clay, 0.6, 0.09, 0.017, STEEL);
}

function launcherClay(): Clay {
  const clay = handle(CHARCOAL, 0.11);
  const y = 0.12;
  tube(clay, [0, y, -0.28], [0, y, 0.58], [[0, 0], [0.002, 0.06], [0.02, 0.072], [0.06, 0.062], [0.7, 0.062], [0.74, 0.088], [0.84, 0.094], [0.858, 0.084], [0.8, 0.06], [0.78, 0]], 14, [CHARCOAL, CHARCOAL, CHARCOAL, CORAL, CORAL, CHARCOAL, CHARCOAL, CHARCOAL, DARK, GLOWING]);
  // Bands around it shine.
  for (const z of [0.06, 0.2]) tube(clay, [0, y, z], [0, y, z + 0.03], [[0, 0.06], [0.004, 0.068], [0.026, 0.068], [0.03, 0.06]], 14, GLOWING);
  addBar(clay, [[-0.06, 0.026, 0.03, 0.045], [0.14, 0.03, 0.034, 0.05], [0.15, 0.022, 0.026, 0.05]], CHARCOAL, 10, 4);
  const grip = new Clay();
  addBox(grip, [0, -0.03, 0.24], [0.018, 0.06, 0.026], CHARCOAL, 0.012);
  clay.add(grip);
  addBox(clay, [0, 0.2, 0.05], [0.014, 0.022, 0.05], CHARCOAL, 0.008);
  addBox(clay, [0, 0.203, 0.1], [0.008, 0.012, 0.004], GLOWING, 0.003);
  return guard(clay, 0.045);
}

/** What lies about: its form, about half a metre wide, around its middle; and its usual colour. */
export const ITEMS: { readonly [item in PickUp]: { readonly clay: () => Clay; readonly light: Vector } } = {
  health: { clay: crossClay, light: [1.1, 0.2, 0.26] },
  armour: { clay: plateClay, light: [0.25, 0.62, 1.25] },
  immunity: { clay: starClay, light: [1.35, 0.95, 0.25] },
  ammunition: { clay: boxClay, light: [0.5, 1.05, 0.4] },
  key: { clay: keyClay, light: [1.2, 0.95, 0.3] },
  points: { clay: coinClay, light: [1.35, 0.95, 0.25] },
};

function crossClay(): Clay {
  const clay = new Clay();
  const glow: Paint = { ...GLOWING, emissive: 0.75 };
  // White around it, so that it is one from afar, too.
  addBox(clay, [0, 0, 0], [0.19, 0.19, 0.05], WHITE, 0.03);
  addBox(clay, [0, 0, 0], [0.05, 0.145, 0.068], glow, 0.016);
  return addBox(clay, [0, 0, 0], [0.145, 0.05, 0.067], glow, 0.016);
}

/** An outline along +Z: rounded rims and flat faces. */
function slab(outline: readonly (readonly [number, number])[], thick: number, skin: Paint, clay = new Clay(), z = 0): Clay {
  const at = (share: number, depth: number) => outline.map(([x, y]): Vector => [x * share, y * share, z + depth]);
  return clay.skin([[[0, 0, z - thick]], at(0.88, -thick), at(1, -thick * 0.5), at(1, thick * 0.5), at(0.88, thick), [[0, 0, z + thick]]], skin);
}

function around(count: number, radius: (side: number, angle: number) => number): readonly (readonly [number, number])[] {
  return Array.from({ length: count }, (_, side) => {
    const angle = (2 * Math.PI * side) / count;
    const reach = radius(side, angle);
    return [Math.sin(angle) * reach, Math.cos(angle) * reach] as const;
  });
}

function plateClay(): Clay {
  const outline = [[0, 0.2], [0.1, 0.17], [0.18, 0.185], [0.17, 0.02], [0.11, -0.13], [0, -0.22], [-0.11, -0.13], [-0.17, 0.02], [-0.18, 0.185], [-0.1, 0.17]] as const;
  const clay = slab(outline, 0.045, STEEL);
  const inner = outline.map(([x, y]) => [x * 0.74, y * 0.74] as const);
  slab(inner, 0.062, TINTED, clay);
  const mark = outline.map(([x, y]) => [x * 0.34, y * 0.34] as const);
  return slab(mark, 0.076, { ...GLOWING, emissive: 0.9 }, clay);
}

function starClay(): Clay {
  const outline = around(10, (side) => (side % 2 === 0 ? 0.24 : 0.105));
  const clay = slab(outline, 0.05, { ...GLOWING, emissive: 0.7 });
  return addBall(clay, ball([0, 0, 0], [0.09, 0.09, 0.085], 2.2), WHITE, 12, 8);
}

function boxClay(): Clay {
  const clay = new Clay();
  addBox(clay, [0, -0.06, 0], [0.2, 0.1, 0.125], paint(0x55734a, 0.7), 0.02);
  addBox(clay, [0, 0.03, 0], [0.208, 0.018, 0.133], CHARCOAL, 0.01);
  addBox(clay, [0, -0.06, 0], [0.206, 0.022, 0.131], { ...GLOWING, emissive: 0.85 }, 0.008);
  for (let row = 0; row < 2; row += 1) {
    for (let column = 0; column < 5; column += 1) {
      const [x, z] = [-0.13 + column * 0.065, -0.05 + row * 0.1];
      tube(clay, [x, 0.03, z], [x, 0.17, z], [[0, 0.026], [0.075, 0.026], [0.08, 0.022], [0.115, 0.012], [0.13, 0]], 8, [BRASS, BRASS, CORAL, CORAL, CORAL]);
    }
  }
  return clay;
}

function keyClay(): Clay {
  const card = around(20, (_, angle) => 0.2 / (Math.abs(Math.sin(angle)) ** 8 + (Math.abs(Math.cos(angle)) / 0.64) ** 8) ** (1 / 8));
  const clay = slab(card, 0.014, TINTED);
  addBox(clay, [0, 0.055, 0], [0.19, 0.018, 0.0165], DARK, 0.004);
  addBox(clay, [-0.1, -0.04, 0], [0.042, 0.034, 0.019], BRASS, 0.006);
  addBox(clay, [0.075, -0.03, 0], [0.075, 0.008, 0.018], { ...GLOWING, emissive: 1 }, 0.003);
  return addBox(clay, [0.05, -0.065, 0], [0.05, 0.008, 0.018], { ...GLOWING, emissive: 1 }, 0.003);
}

function coinClay(): Clay {
  const clay = slab(around(24, () => 0.19), 0.035, BRASS);
  slab(around(24, () => 0.14), 0.046, { ...GLOWING, emissive: 0.7 }, clay);
  return clay;
}

