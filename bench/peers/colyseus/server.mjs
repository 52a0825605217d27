/**
 * A Colyseus room as its documentation builds one: a map of players, patched to everybody every 50 ms.
 *
 * Owns the smallest state that shows a crowd walking: a place and a yaw, as 32-bit floats. Must not be tuned further
 * than its own options allow: it is the reference. Usage: node server.mjs PORT
 */
import { createServer } from "node:http";
import { Room, Server } from "@colyseus/core";
import { Encoder, schema, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";

const PATCH_MS = 50;
const PEOPLE_MAX = 5000;
/** Connections that may wait to be accepted: a crowd that arrives. */
const BACKLOG = 1024;
/** Room for a patch that names everybody; a smaller buffer would be grown in the middle of each (Colyseus says so). */
const PATCH_BYTES_MAX = 256 * 1024;

Encoder.BUFFER_SIZE = PATCH_BYTES_MAX;

const Player = schema({ x: t.float32(), y: t.float32(), z: t.float32(), yaw: t.float32() }, "Player");
const State = schema({ players: t.map(Player) }, "State");

class Crowd extends Room {
  maxClients = PEOPLE_MAX;
  patchRate = PATCH_MS;
  state = new State();
  messages = {
    move: (client, [x, y, z, yaw]) => {
      const player = this.state.players.get(client.sessionId);
      player.x = x;
      player.y = y;
      player.z = z;
      player.yaw = yaw;
    },
  };

  onJoin(client) {
    this.state.players.set(client.sessionId, new Player());
  }

  onLeave(client) {
    this.state.players.delete(client.sessionId);
  }
}

const port = Number(process.argv[2]);
const server = new Server({ greet: false, transport: new WebSocketTransport({ server: createServer() }) });
server.define("crowd", Crowd);
await server.listen(port, "127.0.0.1", BACKLOG);
