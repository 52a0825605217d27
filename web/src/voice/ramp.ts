/** Loudness that changes without a click. Works on the audio thread's clock; keeps nothing. */

/** A change of loudness takes so long, seconds: shorter is heard as a click, longer as a fade. */
export const RAMP_S = 0.008;

/** The part of `AudioParam` that is used. */
export type Ramped = Pick<AudioParam, "value" | "cancelScheduledValues" | "setValueAtTime" | "linearRampToValueAtTime">;

/** Goes to a loudness. */
export function rampTo(gain: Ramped, loudness: number, now_s: number): void {
  gain.cancelScheduledValues(now_s);
  gain.setValueAtTime(gain.value, now_s);
  gain.linearRampToValueAtTime(loudness, now_s + RAMP_S);
}
