/** The microphone and the line of voices in words. Pure. */
import type { Hearing, Microphone, VoiceNumbers } from "../../core/voice";
import type { IconName } from "../parts/icon_paths";
import { formatNumber } from "./numbers";

export interface MicrophoneWords {
  readonly icon: IconName;
  /** What the button says: how it is, and what a press does where that is not plain. */
  readonly label: string;
  /** For lines of settings and menus. */
  readonly short: string;
  readonly tone: "plain" | "on" | "warn";
  /** What a person can do about it; empty where nothing is wrong. */
  readonly advice: string;
}

/** `held`: one speaks while a key or the button is down. */
export function microphoneWords(state: Microphone, held: boolean): MicrophoneWords {
  switch (state) {
    case "off":
      return plain("mic_off", held ? "Microphone off: hold to talk" : "Microphone off", held ? "Off: hold to talk" : "Off");
    case "asking":
      return plain("mic_off", "Your browser asks for the microphone", "Asking…");
    case "on":
      return { ...plain("mic", "Microphone on", "On"), tone: "on" };
    case "muted":
      return wrong("A moderator muted you: nobody hears you", "Muted by a moderator", "Ask them to unmute you.");
    case "denied":
      return wrong("Microphone blocked", "Blocked", "Allow it beside the page's address, then try again.");
    case "missing":
      return wrong("No microphone found", "Not found", "Plug one in, or choose another in Settings.");
    case "busy":
      return wrong("Microphone in use elsewhere", "In use elsewhere", "Close the program that has it, then try again.");
    case "insecure":
      return wrong("No microphone without HTTPS", "Not without HTTPS", "Browsers give it only to https:// pages. Ask whoever runs this server.");
  }
}

function plain(icon: IconName, label: string, short: string): MicrophoneWords {
  return { icon, label, short, tone: "plain", advice: "" };
}

function wrong(label: string, short: string, advice: string): MicrophoneWords {
  return { icon: "mic_off", label, short, tone: "warn", advice };
}

/** How the line of voices is, in a word or two. */
export function hearingWords(hearing: Hearing): string {
  switch (hearing.kind) {
    case "off":
      return "Off";
    case "connecting":
      return "Connecting…";
    case "connected":
      return "Connected";
    case "failed":
      return "Failed";
  }
}

const PATHS: { readonly [path in VoiceNumbers["path"]]: string } = { udp: "Direct (UDP)", tcp: "Direct (TCP)", relay: "By a relay", unknown: "Not known yet" };

/** The line in rows of a name and a value. */
export function voiceRows({ path, rtt_ms, loss, jitter_ms, received_kbit_s, sent_kbit_s, slots }: VoiceNumbers): readonly (readonly [string, string])[] {
  return [
    ["Path", PATHS[path]],
    ["Round trip", `${formatNumber(rtt_ms, 0)} ms`],
    ["Lost", `${formatNumber(100 * loss, 1)} %`],
    ["Jitter", `${formatNumber(jitter_ms, 0)} ms`],
    ["Received", `${formatNumber(received_kbit_s, 0)} kbit/s`],
    ["Sent", `${formatNumber(sent_kbit_s, 0)} kbit/s`],
    ["Voices at once", `up to ${slots}`],
  ];
}

/** The same in lines for whoever runs the server. */
export function voiceReport(hearing: Hearing, microphone: Microphone, numbers: VoiceNumbers | null): readonly string[] {
  const state = hearing.kind === "failed" ? `${hearingWords(hearing)}: ${hearing.why}` : hearingWords(hearing);
  const rows = numbers === null ? [] : voiceRows(numbers).map(([name, value]) => `${name.toLowerCase()} ${value}`);
  return [`Voices: ${[state, ...rows].join(", ")}`, `Microphone: ${microphone}`];
}

/** How loud effects are. */
export function effectsWords(loudness: number): string {
  return loudness === 0 ? "Muted" : `${formatNumber(100 * loudness, 0)} %`;
}
