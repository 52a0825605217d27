/** Keys, mouse and thumbs move the visitor: steps of their body, turns of their head; the eye goes along. */
import { HEAD_HEIGHT_M } from "../core/viewer";
import { type Body, fly, walk } from "./body";
import type { Context } from "./context";
import { FallenView, type FreeAlong } from "./fallen";
import type { Mover } from "./locomotion";
import { AGILITY_PER_S, EYE_PER_S, LOOK_RAD_PX, approach, clampPitch, flySpeed, turnOf, walkSpeed, wishOf } from "./movement";
import { groundOf } from "./plain";

export function newDesk({ app, stage, clock, input }: Context): Mover {
  const { viewer } = app;
  const ground = groundOf(stage.solids, () => stage.hasPlain);
  let [speed_x, speed_y, speed_z] = [0, 0, 0];
  let eye_y = HEAD_HEIGHT_M;
  const fallen = new FallenView();
  const freeAlong: FreeAlong = (x, y, z, direction, length_m) => stage.solids.cast(x, y, z, direction, length_m)?.distance_m ?? length_m;

  function placed(body: Body, yaw: number): void {
    [speed_x, speed_y, speed_z] = [0, 0, 0];
    eye_y = body.y + HEAD_HEIGHT_M;
    viewer.yaw = yaw;
  }

  function step(body: Body): void {
    turn();
    if (app.seating.seat$.value !== null) return;
    const wish = wishOf(input.held, input.sticks);
    const flying = app.preferences.settings$.value.fly;
    const [x, y, z] = flying ? flySpeed(wish, viewer.yaw, viewer.pitch) : flat(walkSpeed(wish, viewer.yaw));
    speed_x = approach(speed_x, x, AGILITY_PER_S, clock.dt_s);
    speed_y = approach(speed_y, y, AGILITY_PER_S, clock.dt_s);
    speed_z = approach(speed_z, z, AGILITY_PER_S, clock.dt_s);
    if (flying) fly(body, [speed_x, speed_y, speed_z], clock.dt_s, ground);
    else walk(body, speed_x, speed_z, wish.up > 0.5, clock.dt_s, ground, app.movement.rules$.value.gravity_m_s2);
  }

  function turn(): void {
    const { look_speed, invert_look } = app.preferences.settings$.value;
    const [yaw_s, pitch_s] = turnOf(input.held, input.sticks);
    const sign = invert_look ? -1 : 1;
    viewer.yaw += input.look_x * LOOK_RAD_PX * look_speed + yaw_s * clock.dt_s;
    viewer.pitch = clampPitch(
      viewer.pitch + sign * (input.look_y * LOOK_RAD_PX * look_speed + pitch_s * clock.dt_s),
    );
  }

  function show(body: Body): void {
    if (app.vitals.dead) return showFallen(body);
    fallen.end();
    eye_y = approach(eye_y, body.y + HEAD_HEIGHT_M, EYE_PER_S, clock.dt_s);
    // In the air the eye is where the head is.
    if (!body.grounded) eye_y = body.y + HEAD_HEIGHT_M;
    stage.stand(body.x, eye_y - HEAD_HEIGHT_M, body.z, viewer.yaw, HEAD_HEIGHT_M, viewer.pitch);
  }

  /** Whoever has died sees themselves from behind, and looks about. */
  function showFallen(body: Body): void {
    const { reduce_motion } = app.preferences.settings$.value;
    const { x, y, z, pitch } = fallen.step(body, viewer.yaw, viewer.pitch, clock.dt_s, reduce_motion, freeAlong);
    stage.stand(x, y - HEAD_HEIGHT_M, z, viewer.yaw, HEAD_HEIGHT_M, pitch);
  }

  return { placed, leaves: () => true, step, show };
}

function flat([x, z]: readonly [number, number]): readonly [number, number, number] {
  return [x, 0, z];
}
