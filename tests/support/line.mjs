/**
 * A line between a page and a server that can die without a word, as when a phone leaves its network, or let pages through and no
 * sockets, as some networks do.
 *
 * Must not know what travels on it.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * @param {{port: number}} server
 * @param {import("node:test").TestContext} test the line ends with it
 * @returns its `port`; `die()`: nothing comes through any more, nothing is closed, and what is opened is not answered;
 *   `revive()`: what is opened from now on, or waits to be, comes through; what was open stays dead;
 *   `block(blocked)`: from now on whoever wants a WebSocket is cut off, or no more.
 */
export async function lineTo(server, test) {
  const ends = new Set();
  const waiting = new Set();
  let alive = true;
  let blocked = false;
  const join = (socket) => {
    const upstream = connect(server.port, "127.0.0.1");
    const pair = { alive: true };
    ends.add(pair);
    const pass = (from, to) => {
      from.on("data", (bytes) => pair.alive && to.write(bytes));
      from.on("close", () => pair.alive && to.destroy());
      from.on("error", () => undefined);
    };
    socket.once("data", (head) => blocked && /^upgrade: websocket/im.test(head) && pair.close());
    pass(socket, upstream);
    pass(upstream, socket);
    socket.resume();
    pair.close = () => [socket, upstream].forEach((end) => end.destroy());
  };
  const listener = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on("error", () => undefined);
    if (alive) join(socket);
    else waiting.add(socket);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  test.after(() => {
    for (const pair of ends) pair.close();
    for (const socket of waiting) socket.destroy();
    listener.close();
  });
  return {
    port: listener.address().port,
    block: (wanted) => (blocked = wanted),
    die: () => {
      alive = false;
      for (const pair of ends) pair.alive = false;
    },
    revive: () => {
      alive = true;
      for (const socket of waiting) join(socket);
      waiting.clear();
    },
  };
}
