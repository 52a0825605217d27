/**
 * A visit with a headset: its session sets the pace of the frames, its camera shows the room, its tracking moves head and
 * hands. When it ends, the page goes on.
 *
 * Owns the session. The frames are the stage's, what is done in them the systems'.
 */
import { WebXRCamera } from "@babylonjs/core/XR/webXRCamera";
import { WebXRSessionManager } from "@babylonjs/core/XR/webXRSessionManager";
import type { HeadsetVisit } from "../core/headset";
import { FAR_M, NEAR_M, type Stage } from "../scene/stage";
import type { Running } from "../systems";
import { headsetFrame } from "./frame";
import { frameTime } from "./frame_time";
import { Tracking } from "./tracking";
import { viewOf } from "./view";

/** What the room needs of a headset, and what it is glad to have. */
const WANTED: XRSessionInit = { requiredFeatures: ["local-floor"], optionalFeatures: ["hand-tracking"] };

/** Goes into the headset; rejects when there is none or the browser refuses. */
export async function enterXr(stage: Stage, wear: Running["wear"]): Promise<HeadsetVisit> {
  const manager = new WebXRSessionManager(stage.scene);
  const session = await begin(manager);
  const ended = present(stage, manager, newCamera(stage, manager), session);
  const takeOff = wear(headsetFrame());
  void ended.then(takeOff);
  try {
    await startDrawing(manager, session);
  } catch (error) {
    await manager.exitXRAsync();
    throw error;
  }
  return { ended, end: () => void manager.exitXRAsync() };
}

async function begin(manager: WebXRSessionManager): Promise<XRSession> {
  try {
    await manager.initializeAsync();
    return await manager.initializeSessionAsync("immersive-vr", WANTED);
  } catch (error) {
    manager.dispose();
    throw error;
  }
}

function newCamera(stage: Stage, manager: WebXRSessionManager): WebXRCamera {
  const camera = new WebXRCamera("headset", stage.scene, manager);
  camera.minZ = NEAR_M;
  camera.maxZ = FAR_M;
  camera.parent = stage.floor;
  return camera;
}

/** Hands the stage over to the headset until the session ends; resolves then. */
function present(stage: Stage, manager: WebXRSessionManager, camera: WebXRCamera, session: XRSession): Promise<void> {
  const tracking = new Tracking(stage.rig);
  manager.onXRFrameObservable.add((frame) => {
    const pose = tracking.read(frame, manager.referenceSpace, session.inputSources);
    if (pose !== undefined) stage.view.open(...viewOf(pose.views));
  });
  manager.onXRSessionEnded.addOnce(() => stage.present(undefined));
  manager.onXRReady.addOnce(() =>
    stage.present({ camera, now_ms: () => frameTime(manager.currentTimestamp, performance.now()) }),
  );
  return new Promise((resolve) => {
    // Heard after the manager's own listener: the page's picture has its size back by then.
    session.addEventListener("end", () => {
      stage.resize();
      camera.dispose();
      manager.dispose();
      resolve();
    });
  });
}

async function startDrawing(manager: WebXRSessionManager, session: XRSession): Promise<void> {
  await manager.setReferenceSpaceTypeAsync("local-floor");
  const baseLayer = await manager.getWebXRRenderTarget().initializeXRLayerAsync(session);
  manager.updateRenderState({ baseLayer, depthNear: NEAR_M, depthFar: FAR_M });
  manager.runXRRenderLoop();
}
