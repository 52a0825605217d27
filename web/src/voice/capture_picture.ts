/** Captures a screen, a window or a camera. Knows browsers and nothing of what it is for. */
import type { ShareSource } from "../core/screens";
import type { CaptureDenial, CaptureOutcome } from "./sharing";

/** Larger pictures are scaled down by the browser: text at this size is read from across a room. */
const DISPLAY = { width: { max: 1_920 }, height: { max: 1_080 }, frameRate: { max: 30 } } as const;
const CAMERA = { width: { ideal: 1_280 }, height: { ideal: 720 }, frameRate: { max: 30 } } as const;

export async function capturePicture(devices: MediaDevices | undefined, source: ShareSource): Promise<CaptureOutcome> {
  if (devices === undefined) return { ok: false, denial: "insecure" };
  if (source === "display" && devices.getDisplayMedia === undefined) return { ok: false, denial: "missing" };
  try {
    const stream = await (source === "display" ? devices.getDisplayMedia({ video: DISPLAY, audio: false }) : devices.getUserMedia({ video: CAMERA }));
    const track = stream.getVideoTracks()[0];
    if (track === undefined) return { ok: false, denial: "missing" };
    // Letters stay sharp before pictures flow; a face the other way round.
    track.contentHint = source === "display" ? "detail" : "motion";
    return { ok: true, captured: { stream, track } };
  } catch (error) {
    return { ok: false, denial: denialOf(error, source) };
  }
}

function denialOf(error: unknown, source: ShareSource): CaptureDenial {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "AbortError":
      // Of a screen one is asked each time, and a no is one's own; a camera may be forbidden for good.
      return source === "display" ? "dismissed" : "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "SecurityError":
      return "insecure";
    default:
      return "busy";
  }
}
