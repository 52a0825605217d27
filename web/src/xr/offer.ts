/**
 * Offers the headset that a browser has, and loads what it takes only then: pages without one never pay for it.
 *
 * Must not import Babylon, nor anything that does.
 */
import type { RoomApp } from "../core/room-app";
import type { Stage } from "../scene/stage";
import type { Running } from "../systems";

type Wear = Running["wear"];

/** Watches for a headset for as long as the page lives. */
export function offerHeadset(app: RoomApp, stage: Stage, wear: Wear): void {
  const { xr } = navigator;
  if (xr === undefined) return;
  const look = () => void attachIfSupported(xr, app, stage, wear);
  xr.addEventListener("devicechange", look);
  look();
  // Whoever leaves the room, or is sent out of it, takes the headset off.
  app.visit.phase$.subscribe(({ kind }) => {
    if (kind !== "inside" && kind !== "entering") app.headset.leave();
  });
}

async function attachIfSupported(xr: XRSystem, app: RoomApp, stage: Stage, wear: Wear): Promise<void> {
  const supported = await xr.isSessionSupported("immersive-vr").catch(() => false);
  if (!supported) return app.headset.attach(undefined);
  // A press of the button is worth a few seconds to a browser: the code is there before.
  const code = import("./session");
  // Who presses the button hears of it.
  code.catch(() => undefined);
  app.headset.attach(async () => (await code).enterXr(stage, wear));
}
