/** What the interface has for voices beside one button: loaded where it is first opened, so that nobody waits for it in the lobby. */
export { default as MicrophoneCheck } from "./MicrophoneCheck.svelte";
export { default as PersonVoice } from "./PersonVoice.svelte";
export { default as SoundSettings } from "./SoundSettings.svelte";
export { default as VoiceNumbers } from "./VoiceNumbers.svelte";
