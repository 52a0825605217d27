/**
 * Opens the room: sets the stage while the core is on its way, joins meanwhile, starts the systems.
 *
 * Comes after the lobby, in a file of its own.
 */
import { filter, take } from "rxjs";
import { avatarOf } from "./core/avatar_look";
import { debugSurface } from "./core/debug";
import { FrameTimes } from "./core/frame_times";
import { type Page, freshToken, socketAddress } from "./core/page";
import type { RoomApp } from "./core/room-app";
import { Session } from "./core/session";
import { startCore } from "./core/wasm";
import { Stage } from "./scene/stage";
import { startSystems } from "./systems";
import { offerHeadset } from "./xr/offer";

/** What is on its way since the page began. */
export interface OnTheWay {
  readonly core_code: Promise<WebAssembly.Module>;
  readonly socket: WebSocket;
}

/** Returns once the room is being joined; throws when this browser draws nothing, or the core's code did not come. */
export async function open(page: Page, app: RoomApp, canvas: HTMLCanvasElement, coming: OnTheWay): Promise<void> {
  // Before the room hears of anyone: who cannot see it does not come in.
  const stage = new Stage(canvas, app.preferences.settings$.value.graphics);
  const joining = join(page, app, coming);
  // Heard of below.
  joining.catch(() => undefined);
  // While the core and the room's state travel: what takes longest at a first picture is done before there is one to draw.
  await stage.rehearse(() => app.visit.connection$.value.kind === "online");
  const session = await joining;
  const times = new FrameTimes();
  const { wear } = startSystems(session, stage, times);
  offerHeadset(app, stage, wear);
  raiseCurtain(app, stage);
  window.thexr = debugSurface(session, stage, times);
}

/** Starts the core once it is here and asks the room to be let in. */
async function join(page: Page, app: RoomApp, { core_code, socket }: OnTheWay): Promise<Session> {
  const makeCore = await startCore(core_code);
  const { nickname, color, look } = app.profile.profile$.value;
  const core = makeCore({ room_id: page.room.id, user_id: page.user_id, nickname, avatar: avatarOf(color, look) });
  const session = new Session(app, core, page.user_id, page.token, {
    connect: startingWith(socket, (token) => new WebSocket(socketAddress(page, token, location))),
    freshToken: () => freshToken(page.room.id, page.user_id),
    chance: Math.random,
  });
  window.addEventListener("pagehide", () => session.goodbye());
  // A page that comes back from the browser's memory has said goodbye already.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  session.start();
  return session;
}

/** Connects with this socket first, if it is still any good. */
function startingWith(first: WebSocket, connect: (token: string) => WebSocket): (token: string) => WebSocket {
  let waiting: WebSocket | undefined = first;
  return (token) => {
    const socket = waiting;
    waiting = undefined;
    if (socket === undefined || socket.readyState > WebSocket.OPEN) return connect(token);
    // Who takes an open socket hears that it is open, as of any other.
    if (socket.readyState === WebSocket.OPEN) queueMicrotask(() => socket.onopen?.(new Event("open")));
    return socket;
  };
}

/** The room is drawn once it has come; what stood in for it goes with its first picture. */
function raiseCurtain(app: RoomApp, stage: Stage): void {
  const online = app.visit.connection$.pipe(filter(({ kind }) => kind === "online"), take(1));
  online.subscribe(() => {
    stage.raiseCurtain(() => app.visit.loading$.next(null));
  });
}
