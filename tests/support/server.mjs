/**
 * A real `thexr serve` for a test: its own port on loopback, its own data folder, gone afterwards.
 *
 * Must not know rooms or pages; a test talks to the server as anybody would.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long a server may take until it is ready: it creates or migrates its database first. */
const READY_TIMEOUT_MS = 20_000;

/** How often a starting server is asked. */
const READY_POLL_MS = 25;

/** How long a server may take to end: ten seconds are promised, the rest is for a busy machine. */
const STOP_TIMEOUT_MS = 15_000;

/** Lines of the server's log that are kept for a failing test's message. */
const LOG_LINES_MAX = 200;

/**
 * Starts a server and resolves when it is ready.
 *
 * @param {{dataFolder?: string, port?: number, args?: string[], env?: Record<string, string>,
 *   test?: import("node:test").TestContext}} options
 *   `dataFolder` continues where an earlier server stopped (it is then left in place), with its `port` also for those
 *   who wait there; with `test` the server ends with the test.
 */
export async function startServer({ dataFolder, port: wanted, args = [], env = {}, test } = {}) {
  const ownsData = dataFolder === undefined;
  const data = dataFolder ?? (await mkdtemp(join(tmpdir(), "thexr-test-")));
  const port = wanted ?? (await freePort());
  const listen = `127.0.0.1:${port}`;
  const child = spawn(binary(), ["serve", "--listen", listen, "--data", data, ...args], {
    env: { ...ownEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = keepLog(child);
  const server = {
    /** Where pages and the API are. */
    url: `http://${listen}`,
    /** Where `phoenix.js` connects to (it appends `/websocket`). */
    socketUrl: `ws://${listen}/socket`,
    dataFolder: data,
    port,
    /** The newest lines of the server's log. */
    log: () => log.join("\n"),
    /** Asks the server to end and waits for it; resolves to its exit code. */
    stop: () => end(child, "SIGTERM"),
    /** Ends the server as a crash would. */
    kill: () => end(child, "SIGKILL"),
    /** The server does nothing for a while, as one that the system has put aside. */
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    /** Fetches a path; a body that is no string is sent as JSON. */
    fetch: (path, options) => request(`http://${listen}${path}`, options),
  };
  const cleanUp = async () => {
    await server.kill();
    if (ownsData) await rm(data, { recursive: true, force: true });
  };
  test?.after(cleanUp);
  await ready(server, child);
  return { ...server, [Symbol.asyncDispose]: cleanUp };
}

/** Resolves when `condition` returns something truthy, and to that; fails with `what` after `timeoutMs`. */
export async function eventually(what, condition, timeoutMs = 10_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}

function binary() {
  const path = process.env.THEXR_BIN;
  if (!path) throw new Error("THEXR_BIN names no server: run these tests with `cargo xtask test`");
  return path;
}

/** The environment without settings: the server reads every `THEXR_…` as one, and refuses this runner's own names. */
function ownEnvironment() {
  const isSetting = (name) => name.startsWith("THEXR_") && name !== "THEXR_LOG";
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)));
}

export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

function keepLog(child) {
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      lines.push(...text.split("\n").filter((line) => line !== ""));
      lines.splice(0, Math.max(0, lines.length - LOG_LINES_MAX));
    });
  }
  return lines;
}

async function ready(server, child) {
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${server.log()}`);
    return await fetch(`${server.url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
  };
  await eventually(`the server is ready`, answers, READY_TIMEOUT_MS).catch((error) => {
    throw new Error(`${error.message}\n${server.log()}`);
  });
}

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  const [code] = await ended;
  clearTimeout(timer);
  return code;
}

async function request(url, { body, headers = {}, ...options } = {}) {
  if (body === undefined || typeof body === "string") return await fetch(url, { body, headers, ...options });
  const json = { "content-type": "application/json", ...headers };
  return await fetch(url, { ...options, body: JSON.stringify(body), headers: json });
}
