/** Version 1 frames by hand, as Godot's add-on sends them: no vsn in the address, objects, join_ref in the join. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "../support/packages.mjs";
import { startServer } from "../support/server.mjs";
import { newPerson, newRoom, within } from "./client.mjs";

/** A raw V1 connection: `send(frame)`, and `next(wanted)` for the first frame, past or future, that fits. */
async function connectV1(t, server, person) {
  const ws = new WebSocket(`${server.socketUrl}/websocket?token=${person.token}`);
  t.after(() => ws.terminate());
  const frames = [];
  const waiting = new Set();
  ws.on("message", (data, isBinary) => {
    assert.equal(isBinary, false, "there is no binary in version 1");
    frames.push(JSON.parse(data));
    waiting.forEach((look) => look());
  });
  await once(ws, "open");
  const next = (wanted) =>
    within("a frame", (resolve) => {
      const look = () => {
        const index = frames.findIndex(wanted);
        if (index < 0) return;
        waiting.delete(look);
        resolve(frames.splice(index, 1)[0]);
      };
      waiting.add(look);
      look();
    });
  return { ws, next, send: (frame) => ws.send(JSON.stringify(frame)) };
}

test("a version 1 client joins, talks, hears and leaves", async (t) => {
  const server = await startServer({ test: t });
  const topic = `room:${await newRoom(server)}`;
  const person = await newPerson(server);
  const { send, next } = await connectV1(t, server, person);
  send({ topic, event: "phx_join", payload: {}, ref: "1", join_ref: "1" });
  const joined = await next((frame) => frame.event === "phx_reply");
  assert.deepEqual(Object.keys(joined).sort(), ["event", "payload", "ref", "topic"]);
  assert.deepEqual([joined.ref, joined.topic, joined.payload.status], ["1", topic, "ok"]);
  const presence = await next((frame) => frame.event === "presence_state");
  assert.equal(presence.payload[person.user_id].metas.length, 1);
  assert.equal(presence.ref, null);
  await next((frame) => frame.event === "snapshot");
  send({ topic, event: "say", payload: { text: "from Godot" }, ref: "2", join_ref: "1" });
  const reply = await next((frame) => frame.ref === "2");
  assert.equal(reply.payload.status, "ok");
  const said = await next((frame) => frame.event === "stoc" && frame.payload.event === "message_said");
  assert.deepEqual([said.payload.payload.text, said.ref], ["from Godot", null]);
  send({ topic: "phoenix", event: "heartbeat", payload: {}, ref: "3", join_ref: null });
  assert.deepEqual(await next((frame) => frame.ref === "3"), {
    topic: "phoenix",
    event: "phx_reply",
    payload: { status: "ok", response: {} },
    ref: "3",
  });
  send({ topic, event: "phx_leave", payload: {}, ref: "4", join_ref: "1" });
  const closed = await next((frame) => frame.event === "phx_close");
  assert.equal(closed.ref, "1", "the add-on compares it with its join_ref");
});

test("a version 1 client is closed when it sends binary", async (t) => {
  const server = await startServer({ test: t });
  const { ws } = await connectV1(t, server, await newPerson(server));
  ws.send(Buffer.from([0, 0, 0, 0, 0]));
  const [code] = await once(ws, "close");
  assert.equal(code, 1003);
});
