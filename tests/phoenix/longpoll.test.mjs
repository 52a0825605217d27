/** The unmodified client without WebSockets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { phoenix } from "../support/packages.mjs";
import { eventually, startServer } from "../support/server.mjs";
import { connect, fact, join, newPerson, newRoom, push, refusal } from "./client.mjs";

/** A WebSocket behind a proxy that swallows everything: it never opens. */
class SwallowedWebSocket {
  readyState = 0;
  close() {
    this.readyState = 3;
  }
  send() {}
}

test("a client over long polling joins and chats", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const [ann, bob] = [await newPerson(server), await newPerson(server)];
  const polls = await join(connect(t, server, ann, { transport: phoenix.LongPoll }), room, { nickname: "Ann" });
  const other = await join(connect(t, server, bob), room);
  const heard = fact(other.channel, "message_said");
  await push(polls.channel, "say", { text: "slow but here" });
  assert.equal((await heard).text, "slow but here");
  const answered = fact(polls.channel, "message_said");
  await push(other.channel, "say", { text: "welcome" });
  assert.equal((await answered).text, "welcome");
});

test("presence works over long polling", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const [ann, bob] = [await newPerson(server), await newPerson(server)];
  const socket = connect(t, server, ann, { transport: phoenix.LongPoll });
  const channel = socket.channel(`room:${room}`, {});
  const presence = new phoenix.Presence(channel);
  channel.join();
  const other = connect(t, server, bob);
  await join(other, room);
  await eventually("both are there", () => presence.list().length === 2);
  other.disconnect();
  await eventually("one is there", () => presence.list().length === 1);
});

test("a client falls back to long polling when its WebSocket never opens", async (t) => {
  const server = await startServer({ test: t });
  const person = await newPerson(server);
  const options = { transport: SwallowedWebSocket, longPollFallbackMs: 50 };
  const { channel, response } = await join(connect(t, server, person, options), await newRoom(server));
  assert.equal(response.user_id, person.user_id);
  assert.deepEqual(await push(channel, "ping", { by: "poll" }), { by: "poll" });
});

test("the token may go as authToken over long polling, and binary pushes get their answer", async (t) => {
  const server = await startServer({ test: t });
  const person = await newPerson(server);
  const options = { transport: phoenix.LongPoll, authToken: person.token };
  const { channel, response } = await join(connect(t, server, person, options), await newRoom(server));
  assert.equal(response.user_id, person.user_id);
  const refused = await refusal(push(channel, "say", new Uint8Array([0, 1, 2]).buffer));
  assert.equal(refused.reason, "bad_payload");
});

test("thexr.1 is refused over long polling", async (t) => {
  const server = await startServer({ test: t });
  const socket = connect(t, server, await newPerson(server), { transport: phoenix.LongPoll });
  const refused = await refusal(join(socket, await newRoom(server), { dialect: "thexr.1", version: 4 }));
  assert.equal(refused.reason, "unsupported_dialect");
});

test("a long-polling client comes back after the server was killed", async (t) => {
  const server = await startServer({ test: t });
  const room = await newRoom(server);
  const socket = connect(t, server, await newPerson(server), { transport: phoenix.LongPoll });
  const { channel } = await join(socket, room);
  await push(channel, "say", { text: "before" });
  await server.kill();
  await eventually("the client notices", () => channel.state !== "joined");
  await startServer({ dataFolder: server.dataFolder, port: server.port, test: t });
  await eventually("the client is back", () => channel.state === "joined", 20_000);
  await push(channel, "say", { text: "after" });
});
