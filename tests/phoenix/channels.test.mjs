/** The unmodified Phoenix client in a room: joins, pushes, replies, binary, and a server that goes away and comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "../support/server.mjs";
import { connect, fact, join, newPerson, newRoom, next, push, refusal, within } from "./client.mjs";

test("two people join, talk and hear each other", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const [ann, bob] = [await newPerson(server), await newPerson(server)];
  const first = await join(connect(t, server, ann), room, { nickname: "Ann" });
  assert.equal(first.response.user_id, ann.user_id);
  const second = await join(connect(t, server, bob), room, { nickname: "<b>Bob</b>" });
  const heard = fact(first.channel, "message_said");
  const reply = await push(second.channel, "say", { text: "hello <i>Ann</i>" });
  const said = await heard;
  assert.equal(said.text, "hello <i>Ann</i>");
  assert.equal(said.nickname, "<b>Bob</b>");
  assert.equal(typeof reply.seq, "number");
  const shouted = next(first.channel, "shout");
  await push(second.channel, "shout", { any: ["thing", null, 1.5] });
  assert.deepEqual(await shouted, { any: ["thing", null, 1.5] });
  assert.deepEqual(await push(first.channel, "ping", { a: { b: [] } }), { a: { b: [] } });
});

test("a newcomer gets the state, and moving is told to everyone", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const [ann, bob] = [await newPerson(server), await newPerson(server)];
  const { channel } = await join(connect(t, server, ann), room);
  const made = await push(channel, "create_entity", { components: { color: "#ABCDEF" } });
  const late = connect(t, server, bob).channel(`room:${room}`, {});
  const [snapshot, users] = [next(late, "snapshot"), next(late, "user_snapshot")];
  late.join();
  assert.equal((await snapshot)[made.entity].color, "#ABCDEF");
  assert.equal((await users)[ann.user_id].position.length, 3);
  const moved = next(channel, "stoc", ({ event, payload }) => event === "user_moved" && payload.position[0] === 4.5);
  late.push("i_moved", { position: [4.5, 1.5, -2], rotation: [0, 0, 0, 1] });
  assert.equal((await moved).payload.user_id, bob.user_id);
});

test("a join that is refused says why", async (t) => {
  const server = await startServer({ test: t });
  const socket = connect(t, server, await newPerson(server));
  for (const [room, params, reason] of [
    ["nosuchroom", {}, "room_not_found"],
    ["a/b/c", {}, "room_not_found"],
    [await newRoom(server), { dialect: "latin" }, "unsupported_dialect"],
  ]) {
    const refused = await refusal(join(socket, room, params));
    assert.equal(refused.reason, reason);
    socket.channels.forEach((channel) => channel.leave());
  }
});

test("unknown events and binary pushes get an error reply, and the channel lives on", async (t) => {
  const server = await startServer({ test: t });
  const { channel } = await join(connect(t, server, await newPerson(server)), await newRoom(server));
  assert.equal((await refusal(push(channel, "make_coffee", {}))).reason, "unknown_event");
  const bytes = new Uint8Array([1, 2, 255]).buffer;
  assert.equal((await refusal(push(channel, "say", bytes))).reason, "bad_payload");
  assert.equal((await refusal(push(channel, "say", { text: 5 }))).reason, "bad_payload");
  assert.deepEqual(await push(channel, "ping", {}), {});
});

test("leaving closes the channel, and joining again works", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const socket = connect(t, server, await newPerson(server));
  const { channel } = await join(socket, room);
  const closed = within("onClose", (resolve) => channel.onClose(resolve));
  channel.leave();
  await closed;
  const again = await join(socket, room);
  assert.deepEqual(await push(again.channel, "ping", {}), {});
});

test("a second channel of the same room takes the place of the first", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const socket = connect(t, server, await newPerson(server));
  const first = await join(socket, room);
  const closed = within("onClose", (resolve) => first.channel.onClose(resolve));
  const second = await join(socket, room);
  await closed;
  assert.deepEqual(await push(second.channel, "ping", { still: "here" }), { still: "here" });
});

test("the token may go as authToken", async (t) => {
  const server = await startServer({ test: t });
  const person = await newPerson(server);
  const { response } = await join(connect(t, server, person, { authToken: person.token }), await newRoom(server));
  assert.equal(response.user_id, person.user_id);
});

test("a socket with a wrong token is never opened", async (t) => {
  const server = await startServer({ test: t });
  const socket = connect(t, server, { token: "forged" });
  const opened = within("an answer", (resolve) => {
    socket.onOpen(() => resolve(true));
    socket.onError(() => resolve(false));
  });
  assert.equal(await opened, false);
});

for (const [how, end, code] of [
  ["restarted", (server) => server.stop(), 0],
  ["killed", (server) => server.kill(), null],
]) {
  test(`clients come back by themselves after the server was ${how}`, async (t) => {
    const server = await startServer({ test: t });
    const room = await newRoom(server);
    const [ann, bob] = [await newPerson(server), await newPerson(server)];
    const { channel } = await join(connect(t, server, ann), room);
    const other = await join(connect(t, server, bob), room);
    const made = await push(channel, "create_entity", { id: "once", components: { color: "#010203" } });
    const snapshot = next(channel, "snapshot");
    const rejoined = within("both rejoin", (resolve) => {
      const waiting = new Set([channel, other.channel]);
      for (const each of waiting) {
        each.joinPush.receive("ok", () => {
          waiting.delete(each);
          if (waiting.size === 0) resolve();
        });
      }
    });
    assert.equal(await end(server), code);
    await startServer({ dataFolder: server.dataFolder, port: server.port, test: t });
    assert.equal((await snapshot)[made.entity].color, "#010203");
    await rejoined;
    const repeated = await push(channel, "create_entity", { id: "once", components: {} });
    assert.deepEqual(repeated, made, "the same command is done once");
    const heard = fact(other.channel, "message_said");
    await push(channel, "say", { text: "back again" });
    assert.equal((await heard).text, "back again");
  });
}
