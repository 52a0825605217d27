/**
 * The room page: reads what the server wrote and shows the lobby at once; what draws and simulates the room comes meanwhile.
 *
 * Must not import Babylon or the core, nor anything that does: they are most of the page's bytes (`opening.ts`). Nor what is seen only inside.
 */
import { fetchCore } from "./core/code";
import { isSlow } from "./core/line";
import { readPage, socketAddress } from "./core/page";
import { RoomApp } from "./core/room-app";
import { warmUpGraphics } from "./scene/renderer";
import { mountUi } from "./ui";

const opening = import("./opening");
// Who waits for it hears of it.
opening.catch(() => undefined);

async function start(): Promise<void> {
  const page = readPage(document, location);
  const reduce_motion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const app = new RoomApp(page, localStorage, Math.random(), reduce_motion);
  // On a slow line after what sets the stage, which takes a slow machine as long: side by side both would come late.
  const core_code = isSlow(ownTiming()) ? opening.then(coreFor(app)) : coreFor(app)();
  core_code.catch(() => undefined);
  // The line to the room is made while the code comes that will use it.
  const socket = new WebSocket(socketAddress(page, page.token, location));
  const shell = document.getElementById("app") ?? document.body;
  const canvas = newCanvas();
  const interface_place = document.createElement("div");
  shell.replaceChildren(...backdrop(shell, app), canvas, interface_place);
  // Once the lobby is seen: what stands over the room once one is inside comes while one is still asked for a name.
  const seen = new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const room_ui = seen.then(() => import("./ui/room/Room.svelte"));
  room_ui.catch(() => undefined);
  void seen.then(warmUpGraphics);
  mountUi(app, interface_place, room_ui);
  try {
    const { open } = await opening;
    await Promise.all([open(page, app, canvas, { core_code, socket }), room_ui]);
  } catch (error) {
    console.error(error);
    // Nobody is left in a room that they do not see.
    app.dispose();
    socket.close();
    app.visit.phase$.next(failure(error));
  }
}

function coreFor(app: RoomApp): () => Promise<WebAssembly.Module> {
  return () => fetchCore((done_bytes, total_bytes) => app.visit.loading$.next({ done_bytes, total_bytes }));
}

/** What the browser tells of how this script came. */
function ownTiming(): PerformanceResourceTiming | undefined {
  return performance.getEntriesByName(import.meta.url, "resource")[0] as PerformanceResourceTiming | undefined;
}

/** The picture that the server drew stays behind the lobby until the room itself is seen. */
function backdrop(shell: HTMLElement, app: RoomApp): readonly Element[] {
  const picture = shell.querySelector(".shell-picture");
  if (picture === null) return [];
  picture.classList.add("shell-behind");
  app.visit.loading$.subscribe((loading) => {
    if (loading === null) picture.remove();
  });
  return [picture];
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
