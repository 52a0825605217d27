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

test("who runs a network is told every port that would do, with the addresses behind it", () => {
  const udp = "a=candidate:1 1 udp 2130706175 203.0.113.5 40000 typ host";
  expect(waitsAt(answer(udp))).toBe("UDP port 40000 to 203.0.113.5");
  const tcp = "a=candidate:3 1 tcp 2105458943 203.0.113.5 4443 typ host tcptype passive";
  expect(waitsAt(answer(udp, "a=candidate:2 1 udp 2130706175 2001:db8::5 40000 typ host", tcp, udp))).toBe("UDP port 40000 to 203.0.113.5 and 2001:db8::5 or TCP port 4443 to 203.0.113.5");
  expect(waitsAt(answer())).toBeUndefined();
});
