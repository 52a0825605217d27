/**
 * A crowd for a story: `thexr bots` who walk about in a room until the story ends. Must not know any story.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Poses per second of each: walking is seen, and the room has cores left for a browser. */
export const WALKER_RATE_HZ = 2;

/** Longer than any story, seconds; a crowd is ended with its story. */
const WALK_S = 3_600;

/** Sends `count` walkers into a room; the returned function calls them back and resolves when they are gone. */
export async function walkers(server, room, count, test, rate = WALKER_RATE_HZ) {
  const key = (await readFile(join(server.dataFolder, "operator.key"), "utf8")).trim();
  const flags = { url: server.url, room: room.id, count, rate, seconds: WALK_S, key };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const crowd = spawn(process.env.THEXR_BIN, ["bots", ...args], { stdio: "ignore" });
  const leave = async () => {
    if (crowd.exitCode !== null || crowd.signalCode !== null) return;
    const gone = once(crowd, "exit");
    crowd.kill("SIGKILL");
    await gone;
  };
  test?.after(leave);
  return leave;
}
