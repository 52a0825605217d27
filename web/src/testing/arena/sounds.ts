/** Makes every sound of its recipe, twice, and says what came of it. */
import { SOUNDS } from "../../core/sounds";
import { AMBIENCES } from "../../core/sounds";
import { looped } from "../../sound/hum";
import { HUMS } from "../../sound/hums";
import { RECIPES } from "../../sound/recipes";
import { render } from "../../sound/render";

export interface Measured {
  readonly name: string;
  readonly seconds: number;
  readonly peak: number;
  readonly rms: number;
  readonly end: number;
  readonly finite: boolean;
  readonly same: boolean;
  readonly made_ms: number;
}

export async function measureSounds(): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  for (const [name, recipe] of [...SOUNDS.map((name) => [name, RECIPES[name]] as const), ...AMBIENCES.map((name) => [`hum ${name}`, HUMS[name]] as const)]) {
    const from_ms = performance.now();
    const hums = name.startsWith("hum ");
    const made = hums ? looped(await render(recipe)) : await render(recipe);
    const made_ms = performance.now() - from_ms;
    const again = hums ? looped(await render(recipe)) : await render(recipe);
    all.push({ name, made_ms: Math.round(made_ms), ...measure(made.getChannelData(0), again.getChannelData(0), made.sampleRate) });
  }
  return all;
}

function measure(samples: Float32Array, again: Float32Array, rate_hz: number): Omit<Measured, "name" | "made_ms"> {
  const rounded = (value: number) => Number(value.toFixed(3));
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  const end = samples.slice(-100).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const same = samples.length === again.length && samples.every((sample, at) => Math.abs(sample - (again[at] ?? 0)) < 1e-6);
  return { seconds: rounded(samples.length / rate_hz), peak: rounded(peak), rms: rounded(rms), end: rounded(end), finite: samples.every(Number.isFinite), same };
}
