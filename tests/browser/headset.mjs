/**
 * What people do with an emulated headset, in the words of the stories. Places and directions are WebXR's: -Z is ahead.
 *
 * Must not know any story.
 */
import { until } from "./visit.mjs";

/** Puts the headset on where someone stands. */
export async function wear(page) {
  await page.evaluate(() => window.thexr.app.headset.enter());
  await presentedBy(page, "headset");
  await framesGoOn(page);
}

/** Waits until the room is shown by the page or by the headset. */
export async function presentedBy(page, presenter) {
  await until(page, `shown by the ${presenter}`, (wanted) => window.thexr.scene.presenter === wanted, presenter);
}

/** Waits until the frame's systems ran a few times more. */
export async function framesGoOn(page) {
  const before = await page.evaluate(() => window.thexr.scene.frameCount);
  await until(page, "frames go on", (count) => window.thexr.scene.frameCount > count + 5, before);
}

/** Holds a controller somewhere, pointing down by an angle, radians. */
export async function pointDown(page, side, position, down) {
  await page.evaluate(
    ({ side, position, half }) => {
      const controller = window.headset.controllers[side];
      controller.position.set(...position);
      controller.quaternion.set(-Math.sin(half), 0, 0, Math.cos(half));
    },
    { side, position, half: down / 2 },
  );
}

/** Pushes a thumbstick to the right and ahead, -1 to 1 each, and waits until the room's frames know. */
export async function pushStick(page, side, right, ahead) {
  await page.evaluate(({ side, right, ahead }) => window.headset.controllers[side].updateAxes("thumbstick", right, -ahead), {
    side,
    right,
    ahead,
  });
  await framesGoOn(page);
}

/** Presses a trigger and lets it go. */
export async function pullTrigger(page, side) {
  for (const way of [1, 0]) {
    await page.evaluate(({ side, way }) => window.headset.controllers[side].updateButtonValue("trigger", way), { side, way });
    await framesGoOn(page);
  }
}
