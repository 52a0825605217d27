/**
 * From light to what a screen shows: Khronos neutral tone mapping, which keeps colours as people chose them up to 0.76,
 * and the screen's curve. GLSL for every shader that makes a picture. Owns text only.
 *
 * Source of the curve: Khronos, "PBR Neutral Tone Mapper".
 */

/** `vec3 toneMapped(vec3 light)`: linear light of any strength to linear 0..1. */
export const TONE_GLSL = `
vec3 toneMapped(vec3 light) {
  float least = min(light.r, min(light.g, light.b));
  light -= least < 0.08 ? least - 6.25 * least * least : 0.04;
  float peak = max(light.r, max(light.g, light.b));
  if (peak < 0.76) return light;
  float pressed = 1.0 - 0.0576 / (peak - 0.52);
  float grey = 1.0 - 1.0 / (0.15 * (peak - pressed) + 1.0);
  return mix(light * (pressed / peak), vec3(pressed), grey);
}
`;

/** `vec3 screenColor(vec3 linear, float contrast)`: the exact curve with a little more contrast. */
export const SCREEN_GLSL = `
vec3 screenColor(vec3 shown, float contrast) {
  vec3 color = pow(max(shown, 0.0), vec3(0.45454545));
  return mix(color, color * color * (3.0 - 2.0 * color), contrast);
}
`;
