/**
 * The pictures of a connection: a line out in two sizes, lines in. All are agreed on at its beginning, so that sharing needs no
 * negotiation.
 */

/** The two sizes in which a picture is sent, small first: whoever is far away, or on a poor line, is sent the small one. */
const LAYERS: readonly RTCRtpEncodingParameters[] = [
  { rid: "l", scaleResolutionDownBy: 3, maxBitrate: 250_000, maxFramerate: 15 },
  { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 2_000_000 },
];
/** What every browser makes and shows, the one that most machines do best first. */
const CODECS = ["video/vp8", "video/h264", "video/rtx"];
/** H.264 as every browser has it: constrained baseline, in packets of any size. */
const PROFILE = /profile-level-id=42e01f/i;
const MODE = /packetization-mode=1/;

export interface Pictures {
  readonly lines: readonly RTCRtpTransceiver[];
  /** Sends what is shared, or nothing. */
  share(track: MediaStreamTrack | null): void;
}

/** Adds lines for so many screens, and one to share; none where the room shows none. */
export function newPictures(connection: RTCPeerConnection, screens: number): Pictures {
  if (screens === 0) return { lines: [], share: () => undefined };
  const out = newOut(connection);
  const lines = Array.from({ length: screens }, () => connection.addTransceiver("video", { direction: "recvonly" }));
  for (const line of [out, ...lines]) prefer(line);
  // A line that is closed meanwhile has nothing to send.
  return { lines, share: (track) => void out.sender.replaceTrack(track).catch(() => undefined) };
}

function newOut(connection: RTCPeerConnection): RTCRtpTransceiver {
  try {
    return connection.addTransceiver("video", { direction: "sendonly", sendEncodings: [...LAYERS] });
  } catch {
    // A browser that sends one size.
    return connection.addTransceiver("video", { direction: "sendonly" });
  }
}

function prefer(line: RTCRtpTransceiver): void {
  const known = RTCRtpReceiver.getCapabilities?.("video")?.codecs ?? [];
  const codecs = known.filter(({ mimeType, sdpFmtpLine = "" }) => {
    const name = mimeType.toLowerCase();
    return CODECS.includes(name) && (name !== "video/h264" || (PROFILE.test(sdpFmtpLine) && MODE.test(sdpFmtpLine)));
  });
  codecs.sort((a, b) => CODECS.indexOf(a.mimeType.toLowerCase()) - CODECS.indexOf(b.mimeType.toLowerCase()));
  if (codecs.length > 0) line.setCodecPreferences?.(codecs);
}
