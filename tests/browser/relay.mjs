/**
 * Voices by way of a TURN server, by UDP and by TCP: two people hear each other, one of them by the relay alone, and their motion goes by
 * datagrams all the same. By hand, beside the stories, since it needs coturn: `apt install coturn`, then `node tests/browser/relay.mjs`.
 *
 * Must not know how either server works inside.
 */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { eventually, freePort, startServer } from "../support/server.mjs";
import { carries, hears, hearsSomething, microphone } from "./talk.mjs";
import { enter, guest, makeRoom, openLobby, until, userId } from "./visit.mjs";

const SMALL = { width: 320, height: 240 };
const SECRET = "a long random text";

const ends = [];
const scope = { after: (end) => ends.push(end) };
try {
  const port = await freePort();
  await relay(port);
  const browser = await launchBrowser(scope);
  for (const transport of ["udp", "tcp"]) console.log("relay", JSON.stringify({ transport, ...(await talkBy(browser, port, transport)) }));
} finally {
  for (const end of ends.reverse()) await end();
}

/** Two people hear each other, the second one by the relay alone; resolves to the numbers of their line. */
async function talkBy(browser, port, transport) {
  const env = { THEXR_ICE_SERVERS: `["turn:127.0.0.1:${port}?transport=${transport}"]`, THEXR_TURN_SECRET: SECRET };
  const server = await startServer({ test: scope, env });
  const room = await makeRoom(server, "Relay");
  const ada = await guest(browser, scope, room, "Ada", { viewport: SMALL });
  const ben = await newVisitor(browser, { test: scope, viewport: SMALL });
  await ben.context.addInitScript(() => {
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration) {
        super({ ...configuration, iceTransportPolicy: "relay" });
      }
    };
  });
  await openLobby(ben.page, room);
  await enter(ben.page, "Ben");
  for (const { page } of [ada, ben]) await hears(page);
  for (const [speaker, listener] of [[ada, ben], [ben, ada]]) {
    await microphone(speaker.page, "on");
    await carries(listener.page, await userId(speaker.page));
    await hearsSomething(listener.page);
  }
  await until(ben.page, "the way by a relay", () => window.thexr.app.voice.numbers$.value?.path === "relay");
  await until(ben.page, "motion by datagrams", () => window.thexr.app.motion.carried$.value);
  return ben.page.evaluate(() => window.thexr.app.voice.numbers$.value);
}

/** A TURN server on loopback that knows our secret; it ends with the script. */
async function relay(port) {
  const here = ["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`, "--allow-loopback-peers"];
  const manner = ["--use-auth-secret", `--static-auth-secret=${SECRET}`, "--realm=turn.example.org", "--no-tls", "--no-dtls", "--no-cli"];
  const turn = spawn("turnserver", ["-n", "--log-file=stdout", ...here, ...manner], { stdio: ["ignore", "ignore", "inherit"] });
  let failed;
  turn.on("error", (error) => (failed = new Error(`coturn does not start (apt install coturn): ${error.message}`)));
  scope.after(() => turn.kill());
  await eventually("a TURN server that listens", () => {
    if (failed !== undefined) throw failed;
    return listens(port);
  });
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.end());
  });
}
