/**
 * One connection of voices and shared screens in the browser: lines out, lines in, a channel to speak of them.
 *
 * Owns the RTCPeerConnection. Must not know rooms, or what is played.
 */
import type { Json, JsonObject } from "../core/json";
import type { Peer, PeerListener, Terms } from "./line";
import { newPictures } from "./pictures";

/** Ways to reach us are told if they are known by then, milliseconds; the room answers whoever comes in any case. */
const GATHER_MS = 300;
/** The name by which the room knows the channel. */
const CHANNEL = "voices";

/** Connects by these terms. Throws where the browser has no WebRTC. */
export function newPeer({ slots, screens, ice_servers }: Terms, listener: PeerListener): Peer {
  const connection = new RTCPeerConnection({ iceServers: [...ice_servers], bundlePolicy: "max-bundle" });
  const out = connection.addTransceiver("audio", { direction: "sendonly" });
  const lines = Array.from({ length: slots }, () => connection.addTransceiver("audio", { direction: "recvonly" }));
  for (const line of [out, ...lines]) preferOpus(line);
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
    stats: () => connection.getStats(),
    close: () => {
      connection.onconnectionstatechange = connection.ontrack = channel.onopen = channel.onmessage = null;
      connection.close();
    },
  };
}

/** Voices are Opus alone: a shorter offer, and nothing to choose wrongly. */
function preferOpus(line: RTCRtpTransceiver): void {
  const codecs = RTCRtpReceiver.getCapabilities?.("audio")?.codecs.filter(({ mimeType }) => mimeType.toLowerCase() === "audio/opus") ?? [];
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
