/**
 * People with the unmodified Phoenix client, and promises around its callbacks.
 *
 * Must not know what a test is about.
 */
import { phoenix, WebSocket } from "../support/packages.mjs";

/** How long anything may take to come: far more than a busy machine needs. */
const PATIENCE_MS = 15_000;

/** A new person: id and token. */
export async function newPerson(server) {
  const response = await server.fetch("/api/v1/visitors", { method: "POST" });
  return await response.json();
}

/** A new, empty room; resolves to its id. */
export async function newRoom(server) {
  const { token } = await newPerson(server);
  const headers = { authorization: `Bearer ${token}` };
  const body = { name: "A room", template: "empty" };
  const response = await server.fetch("/api/v1/rooms", { method: "POST", headers, body });
  return (await response.json()).id;
}

/** A connected socket of a person, as a page makes it; it goes with the test. */
export function connect(test, server, person, options = {}) {
  const params = options.authToken ? {} : { token: person.token };
  const socket = new phoenix.Socket(server.socketUrl, { transport: WebSocket, params, ...options });
  test.after(() => new Promise((resolve) => socket.disconnect(resolve)));
  socket.connect();
  return socket;
}

/** Joins a room; resolves to the channel and the join's response. */
export async function join(socket, room, params = {}) {
  const channel = socket.channel(`room:${room}`, params);
  const response = await answer(channel.join(), "join");
  return { channel, response };
}

/** Pushes and resolves to the response of an ok reply; an error's response is thrown as `{ refused }`. */
export function push(channel, event, payload) {
  return answer(channel.push(event, payload), event);
}

/** The response of a refused push. */
export async function refusal(promise) {
  const outcome = await promise.then(
    (response) => ({ taken: response }),
    (error) => error,
  );
  if (!outcome.refused) throw new Error(`not refused: ${JSON.stringify(outcome)} ${outcome}`);
  return outcome.refused;
}

/** Resolves to the next payload of an event that `wanted` accepts. */
export function next(channel, event, wanted = () => true) {
  return within(`event ${event}`, (resolve) => {
    const ref = channel.on(event, (payload) => {
      if (!wanted(payload)) return;
      channel.off(event, ref);
      resolve(payload);
    });
  });
}

/** Resolves to the next fact of a name. */
export function fact(channel, name) {
  return next(channel, "stoc", (payload) => payload.event === name).then((payload) => payload.payload);
}

/** A promise that fails after a while. */
export function within(what, start) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`never came: ${what}`)), PATIENCE_MS);
    start(
      (value) => (clearTimeout(timer), resolve(value)),
      (error) => (clearTimeout(timer), reject(error)),
    );
  });
}

function answer(push, what) {
  return within(what, (resolve, reject) => {
    push
      .receive("ok", resolve)
      .receive("error", (refused) => reject({ refused }))
      .receive("timeout", () => reject(new Error(`timeout: ${what}`)));
  });
}
