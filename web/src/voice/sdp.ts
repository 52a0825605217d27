/** The few lines of a session description that voices care about (RFC 8866, RFC 7587). Pure text. */

/** How a voice is sent: nothing while nobody speaks, one channel, and what was lost is guessed from the next packet. */
const OPUS = { usedtx: "1", useinbandfec: "1", maxaveragebitrate: "32000", stereo: "0" } as const;

/** An answer that has the browser send as a voice is sent: a sender obeys what its receiver says it would like. */
export function tuned(sdp: string): string {
  const lines = sdp.split(/\r?\n/);
  const types = new Set(lines.flatMap((line) => /^a=rtpmap:(\d+) opus\//i.exec(line)?.[1] ?? []));
  return lines.flatMap((line, at) => tunedLine(line, types, (type) => hasFormat(lines, at, type))).join("\r\n");
}

function tunedLine(line: string, types: ReadonlySet<string>, said: (type: string) => boolean): readonly string[] {
  const format = /^a=fmtp:(\d+) (.*)$/.exec(line);
  if (format?.[1] !== undefined && types.has(format[1])) return [`a=fmtp:${format[1]} ${merged(format[2] ?? "")}`];
  const type = /^a=rtpmap:(\d+) /.exec(line)?.[1];
  if (type === undefined || !types.has(type) || said(type)) return [line];
  return [line, `a=fmtp:${type} ${merged("")}`];
}

/** Whether the medium in which a line stands says how the type is formatted. */
function hasFormat(lines: readonly string[], at: number, type: string): boolean {
  const next = lines.findIndex((line, index) => index > at && line.startsWith("m="));
  const from = lines.findLastIndex((line, index) => index < at && line.startsWith("m="));
  return lines.slice(from, next < 0 ? undefined : next).some((line) => line.startsWith(`a=fmtp:${type} `));
}

function merged(parameters: string): string {
  const said = parameters.split(";").map((each) => each.trim()).filter((each) => each !== "");
  const kept = said.filter((each) => !Object.hasOwn(OPUS, each.split("=")[0] ?? ""));
  return [...kept, ...Object.entries(OPUS).map(([name, value]) => `${name}=${value}`)].join(";");
}

/** Where the other side waits for packets, each transport, port and address of its candidates once, in words: "UDP port 4000 to 203.0.113.5". */
export function waitsAt(sdp: string): string | undefined {
  const at = new Map<string, string[]>();
  for (const [, transport = "", address = "", port] of sdp.matchAll(/^a=candidate:\S+ \d+ (\w+) \d+ (\S+) (\d+) /gm)) {
    const door = `${transport.toUpperCase()} port ${port}`;
    at.set(door, [...new Set([...(at.get(door) ?? []), address])]);
  }
  const doors = [...at].map(([door, addresses]) => `${door} to ${listed(addresses, "and")}`);
  return doors.length === 0 ? undefined : listed(doors, "or");
}

function listed(words: readonly string[], last: string): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
