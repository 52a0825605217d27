import { expect, test } from "vitest";
import { tuned, waitsAt } from "./sdp";

const answer = (...lines: readonly string[]): string => ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111 0", ...lines, ""].join("\r\n");
const WANTED = "usedtx=1;useinbandfec=1;maxaveragebitrate=32000;stereo=0";

test("a voice is sent as voices are, whatever else was agreed on stays", () => {
  const sdp = answer("a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1", "a=rtpmap:0 PCMU/8000");
  expect(tuned(sdp)).toBe(answer("a=rtpmap:111 opus/48000/2", `a=fmtp:111 minptime=10;${WANTED}`, "a=rtpmap:0 PCMU/8000"));
});

test("where nothing was agreed on it is said all the same, in each medium", () => {
  const said = tuned([answer("a=rtpmap:111 opus/48000/2"), "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10", ""].join("\r\n"));
  expect(said.match(/usedtx=1/g)).toHaveLength(2);
  expect(said).toContain(`a=fmtp:111 minptime=10;${WANTED}`);
});

test("the formats of other codecs are left alone", () => {
  const sdp = answer("a=rtpmap:111 opus/48000/2", `a=fmtp:111 ${WANTED}`, "a=rtpmap:96 VP8/90000", "a=fmtp:96 stereo=1");
  expect(tuned(sdp)).toBe(sdp);
});

test("who runs a network is told which packets to let through", () => {
  const sdp = answer("a=candidate:1 1 udp 2130706175 203.0.113.5 40000 typ host");
  expect(waitsAt(sdp)).toBe("UDP to 203.0.113.5, port 40000");
  expect(waitsAt(answer())).toBeUndefined();
});
