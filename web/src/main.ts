/**
 * The room page: reads what the server wrote, shows the interface, loads the core, sets the stage, starts the systems.
 */
import { avatarOf } from "./core/avatar_look";
import { debugSurface } from "./core/debug";
import { FrameTimes } from "./core/frame_times";
import { type Page, freshToken, readPage, socketAddress } from "./core/page";
import { RoomApp } from "./core/room-app";
import { Session } from "./core/session";
import { loadCore } from "./core/wasm";
import { Stage, warmUpGraphics } from "./scene/stage";
import { startSystems } from "./systems";
import { mountUi } from "./ui";
import { offerHeadset } from "./xr/offer";

async function start(): Promise<void> {
  const page = readPage(document, location);
  const reduce_motion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const app = new RoomApp(page, localStorage, Math.random(), reduce_motion);
  const shell = document.getElementById("app") ?? document.body;
  const canvas = newCanvas();
  const interface_place = document.createElement("div");
  shell.replaceChildren(canvas, interface_place);
  mountUi(app, interface_place);
  try {
    await enterRoom(page, app, canvas);
  } catch (error) {
    console.error(error);
    app.visit.phase$.next(failure(error));
  }
}

async function enterRoom(page: Page, app: RoomApp, canvas: HTMLCanvasElement): Promise<void> {
  warmUpGraphics();
  const makeCore = await loadCore((done_bytes, total_bytes) =>
    app.visit.phase$.next({ kind: "loading", done_bytes, total_bytes, what: "the room" }),
  );
  const { nickname, color, look } = app.profile.profile$.value;
  const core = makeCore({ room_id: page.room.id, user_id: page.user_id, nickname, avatar: avatarOf(color, look) });
  const session = new Session(app, core, page.user_id, page.token, {
    connect: (token) => new WebSocket(socketAddress(page, token, location)),
    freshToken: () => freshToken(page.room.id, page.user_id),
    chance: Math.random,
  });
  // The room's state travels while the stage is being set up; nothing of it is read before this function ends.
  session.start();
  const stage = new Stage(canvas);
  const times = new FrameTimes();
  const { wear } = startSystems(session, stage, times);
  offerHeadset(app, stage, wear);
  window.addEventListener("pagehide", () => session.goodbye());
  // A page that comes back from the browser's memory has said goodbye already.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  window.thexr = debugSurface(session, stage, times);
}

function newCanvas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.id = "view";
  canvas.tabIndex = -1;
  // The interface says what of the window the view leaves to it.
  const [width, height] = ["calc(100% - var(--view-right, 0px))", "calc(100% - var(--view-bottom, 0px))"];
  Object.assign(canvas.style, { position: "fixed", inset: "0", width, height, outline: "none" });
  canvas.style.touchAction = "none";
  return canvas;
}

function failure(error: unknown) {
  const no_3d = error instanceof Error && /webgl/i.test(error.message);
  return {
    kind: "failed",
    title: no_3d ? "This browser shows no 3D" : "The room could not be opened",
    detail: no_3d ? "Turn on hardware acceleration or try another browser." : "Check your connection and try again.",
    action: "reload",
  } as const;
}

void start();
