/** The browser's microphones and outputs: how one is opened, and which there are. Must not know who wants them. */
import type { SoundDevices } from "../core/voice";
import type { Denial, Outcome } from "./capture";

/** What makes a voice out of what a microphone hears. */
const VOICE: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

/** The part of `navigator.mediaDevices` that is used; undefined on pages that came without HTTPS. */
export type Devices = Pick<MediaDevices, "getUserMedia" | "enumerateDevices"> | undefined;

/** Opens a microphone, or the usual one where the chosen one is gone. */
export async function openMicrophone(devices: Devices, device: string): Promise<Outcome> {
  if (devices === undefined) return { ok: false, denial: "insecure" };
  const open = async (constraints: MediaTrackConstraints, fell_back: boolean): Promise<Outcome> => {
    const stream = await devices.getUserMedia({ audio: constraints });
    const [track] = stream.getAudioTracks();
    if (track === undefined) return { ok: false, denial: "missing" };
    return { ok: true, opened: { stream, track, name: track.label || "Microphone", fell_back } };
  };
  try {
    return device === "" ? await open(VOICE, false) : await open({ ...VOICE, deviceId: { exact: device } }, false);
  } catch (error) {
    const name = nameOf(error);
    if (device === "" || (name !== "OverconstrainedError" && name !== "NotFoundError")) return { ok: false, denial: denialOf(name) };
  }
  try {
    return await open(VOICE, true);
  } catch (error) {
    return { ok: false, denial: denialOf(nameOf(error)) };
  }
}

/** Which devices there are; where nobody may choose an output there are none of them. */
export async function listDevices(devices: Devices, chooses_output: boolean): Promise<SoundDevices> {
  const all = (await devices?.enumerateDevices().catch(() => [])) ?? [];
  // Before a microphone was granted browsers tell of nameless ones, without an id: nobody can choose among those.
  const named = (kind: MediaDeviceKind) =>
    all.filter((each) => each.kind === kind && each.deviceId !== "" && each.deviceId !== "default" && each.label !== "").map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  return { microphones: named("audioinput"), outputs: chooses_output ? named("audiooutput") : [] };
}

/** What the names of Media Capture and Streams mean to a visitor. */
function denialOf(name: string): Denial {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "missing";
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : "";
}
