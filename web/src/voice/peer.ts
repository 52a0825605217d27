/**
 * One connection of voices, shared screens and motion in the browser: lines out, lines in, a channel to speak of them, and one for motion.
 *
 * Owns the RTCPeerConnection. Must not know rooms, or what is played.
 */
import type { Json, JsonObject } from "../core/json";
import type { Peer, PeerListener, Terms } from "./line";
import { newPictures } from "./pictures";

/** Ways to reach us are told if they are known by then, milliseconds; the room answers whoever comes in any case. */
const GATHER_MS = 300;
/** The names by which the room knows the channels. */
const CHANNEL = "voices";
const MOTION = "motion";
/** While more of motion than this waits, bytes, frames are passed over: the next one is newer. */
const MOTION_WAITING_BYTES_MAX = 4_096;

/** Connects by these terms. Throws where the browser has no WebRTC. */
export function newPeer({ slots, screens, ice_servers }: Terms, listener: PeerListener): Peer {
  const connection = new RTCPeerConnection({ iceServers: [...ice_servers], bundlePolicy: "max-bundle" });
  const out = connection.addTransceiver("audio", { direction: "sendonly" });
  const lines = Array.from({ length: slots }, () => connection.addTransceiver("audio", { direction: "recvonly" }));
  // What the microphone's way loses is repeated by what comes next: only who speaks pays for it. What comes down, the room repeats
  // for whom it is worth it.
  prefer(out, ["audio/red", "audio/opus"]);
  for (const line of lines) prefer(line, ["audio/opus", "audio/red"]);
  const pictures = newPictures(connection, screens);
  const waiting: JsonObject[] = [];
  const channel = connection.createDataChannel(CHANNEL, { ordered: true });
  channel.onopen = () => {
    for (const message of waiting.splice(0)) channel.send(JSON.stringify(message));
    listener.opened();
  };
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = parsed(data);
    if (message !== undefined) listener.said(message);
  };
  const motion = connection.createDataChannel(MOTION, { ordered: false, maxRetransmits: 0 });
  motion.binaryType = "arraybuffer";
  motion.onopen = () => listener.carries(true);
  motion.onclose = () => listener.carries(false);
  motion.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) listener.moved(new Uint8Array(data));
    else if (typeof data === "string") listener.probed(Number(data));
  };
  connection.onconnectionstatechange = () => listener.state(connection.connectionState);
  connection.ontrack = ({ transceiver, track }) => {
    const slot = lines.indexOf(transceiver);
    if (slot >= 0) listener.voice(slot, new MediaStream([track]));
    const screen = pictures.lines.indexOf(transceiver);
    if (screen >= 0) listener.screen(screen, new MediaStream([track]));
  };
  return {
    offer: async () => {
      await connection.setLocalDescription();
      await gathered(connection);
      return connection.localDescription?.sdp ?? "";
    },
    accept: (sdp) => connection.setRemoteDescription({ type: "answer", sdp }),
    // A line that is closed meanwhile has nothing to send.
    send: (track) => void out.sender.replaceTrack(track).catch(() => undefined),
    share: (track) => pictures.share(track),
    say: (message) => {
      if (channel.readyState === "open") channel.send(JSON.stringify(message));
      else if (channel.readyState === "connecting") waiting.push(message);
    },
    move: (frame) => {
      // Its bytes are a copy of the core's memory, which nobody shares.
      if (canSend(motion)) motion.send(frame as Uint8Array<ArrayBuffer>);
    },
    probe: (number) => {
      if (canSend(motion)) motion.send(String(number));
    },
    stats: () => connection.getStats(),
    close: () => {
      connection.onconnectionstatechange = connection.ontrack = channel.onopen = channel.onmessage = null;
      motion.onopen = motion.onclose = motion.onmessage = null;
      connection.close();
    },
  };
}

function canSend({ readyState, bufferedAmount }: RTCDataChannel): boolean {
  return readyState === "open" && bufferedAmount <= MOTION_WAITING_BYTES_MAX;
}

/** These codecs alone, in this order: a shorter offer, and nothing to choose wrongly. */
function prefer(line: RTCRtpTransceiver, types: readonly string[]): void {
  const known = RTCRtpReceiver.getCapabilities?.("audio")?.codecs ?? [];
  const codecs = types.flatMap((type) => known.filter(({ mimeType }) => mimeType.toLowerCase() === type));
  if (codecs.length > 0) line.setCodecPreferences?.(codecs);
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      connection.removeEventListener("icegatheringstatechange", look);
      resolve();
    };
    const look = () => {
      if (connection.iceGatheringState === "complete") done();
    };
    const timer = setTimeout(done, GATHER_MS);
    connection.addEventListener("icegatheringstatechange", look);
    look();
  });
}

function parsed(data: unknown): Json | undefined {
  if (typeof data !== "string") return undefined;
  try {
    return JSON.parse(data) as Json;
  } catch {
    // Not ours: a newer server may say what we do not understand.
    return undefined;
  }
}
