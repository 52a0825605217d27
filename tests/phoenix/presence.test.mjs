/** The unmodified client's Presence: two people, a person with two tabs, and a rejoin. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { phoenix } from "../support/packages.mjs";
import { eventually, startServer } from "../support/server.mjs";
import { connect, join, newPerson, newRoom } from "./client.mjs";

/** A joined channel with its presence: `metas(id)` counts a person's connections as this client sees them. */
async function present(t, server, room, person) {
  const socket = connect(t, server, person);
  const channel = socket.channel(`room:${room}`, {});
  const presence = new phoenix.Presence(channel);
  const log = [];
  presence.onJoin((id) => log.push(`+${id}`));
  presence.onLeave((id, current) => log.push(`-${id} ${current.metas.length}`));
  await new Promise((resolve, reject) => channel.join().receive("ok", resolve).receive("error", reject));
  const metas = (id) => presence.state[id]?.metas.length ?? 0;
  return { socket, channel, presence, metas, log };
}

test("two people see each other come and go", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const [ann, bob] = [await newPerson(server), await newPerson(server)];
  const first = await present(t, server, room, ann);
  await eventually("Ann sees herself", () => first.metas(ann.user_id) === 1);
  const second = await present(t, server, room, bob);
  await eventually("Ann sees Bob", () => first.metas(bob.user_id) === 1);
  await eventually("Bob sees both", () => second.metas(ann.user_id) === 1 && second.metas(bob.user_id) === 1);
  second.socket.disconnect();
  await eventually("Bob is gone", () => first.metas(bob.user_id) === 0);
  assert.deepEqual(first.presence.list((id) => id), [ann.user_id]);
  assert.deepEqual(first.log, [`+${ann.user_id}`, `+${bob.user_id}`, `-${bob.user_id} 0`]);
});

test("a person with two tabs is there until the last one closes", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const [ann, bob] = [await newPerson(server), await newPerson(server)];
  const watcher = await present(t, server, room, ann);
  const [one, two] = [await present(t, server, room, bob), await present(t, server, room, bob)];
  await eventually("two tabs", () => watcher.metas(bob.user_id) === 2 && two.metas(bob.user_id) === 2);
  await eventually("the first tab sees the second", () => one.metas(bob.user_id) === 2);
  one.socket.disconnect();
  await eventually("one tab", () => watcher.metas(bob.user_id) === 1 && two.metas(bob.user_id) === 1);
  two.channel.leave();
  await eventually("none", () => watcher.metas(bob.user_id) === 0);
  assert.equal(watcher.presence.list().length, 1);
});

test("after a rejoin on the same socket everyone counts one connection", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const [ann, bob] = [await newPerson(server), await newPerson(server)];
  const watcher = await present(t, server, room, ann);
  const { socket, metas } = await present(t, server, room, bob);
  await eventually("both are there", () => watcher.metas(bob.user_id) === 1 && metas(ann.user_id) === 1);
  const joins = () => watcher.log.filter((line) => line === `+${bob.user_id}`).length;
  const before = joins();
  await join(socket, room);
  await eventually("the new join is seen", () => joins() > before);
  await eventually("once", () => watcher.metas(bob.user_id) === 1);
});

test("after a restart of the server presence is as it was", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const [ann, bob] = [await newPerson(server), await newPerson(server)];
  const [first, second] = [await present(t, server, room, ann), await present(t, server, room, bob)];
  const both = () =>
    [first, second].every(({ metas }) => metas(ann.user_id) === 1 && metas(bob.user_id) === 1);
  await eventually("both see both", both);
  const refs = () => Object.values(first.presence.state).flatMap(({ metas }) => metas.map((meta) => meta.phx_ref));
  const before = refs();
  await server.kill();
  await startServer({ dataFolder: server.dataFolder, port: server.port, test: t });
  await eventually("both are back, by other refs", () => both() && refs().every((ref) => !before.includes(ref)), 20_000);
});
