/** Plays a room as a visitor does: the systems and the interface of the application, over a room without a server. */
import { FrameTimes } from "../../core/frame_times";
import { RoomApp } from "../../core/room-app";
import { PRESETS } from "../../scene/environment";
import { Stage } from "../../scene/stage";
import { startSystems } from "../../systems";
import { mountUi } from "../../ui";
import { PlayedRoom } from "./room";
import "../../tokens.css";

export async function play(canvas: HTMLCanvasElement, level: "high" | "low"): Promise<void> {
  const page = { room: { id: "hall", name: "Night hall", description: "", link: location.href }, user_id: "ada", socket_url: "", token: "" };
  const app = new RoomApp(page, localStorage, 0, false);
  app.preferences.settings$.next({ ...app.preferences.settings$.value, graphics: level });
  const stage = new Stage(canvas, level);
  const room = new PlayedRoom(app, stage);
  const place = document.body.appendChild(document.createElement("div"));
  const room_ui = import("../../ui/room/Room.svelte");
  mountUi(app, place, room_ui);
  startSystems(room.session, stage, new FrameTimes());
  await room_ui;
  app.visit.phase$.next({ kind: "inside", mode: "enter" });
  app.sky.sky$.next("night");
  stage.paintSky(PRESETS.night);
  stage.raiseCurtain(() => app.visit.loading$.next(null));
  Object.assign(app.viewer, { x: 0, y: 0, z: 0, yaw: 0, pitch: 0.02 });
  Object.assign(window, { played: { app, stage, room } });
  document.title = "played";
}
