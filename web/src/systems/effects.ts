/**
 * What the room's rules play: each sound from where its thing or person is now, or all around; and in words, for who wants them.
 */
import { filter } from "rxjs";
import { Captions } from "../core/captions";
import { AVATAR_ROW } from "../core/generated";
import { type Json, member, text } from "../core/json";
import { type SoundPlace, soundOf } from "../core/sounds";
import { HEAD_HEIGHT_M } from "../core/viewer";
import type { Context } from "./context";

export function effects({ app, core, session, replica, clock }: Context): () => void {
  const captions = new Captions();

  const heard = app.events$.pipe(filter(({ event }) => event === "sound_played")).subscribe(({ payload }) => {
    if (app.visit.inRoom) play(payload);
  });

  function play(payload: Json): void {
    const sound = soundOf(text(member(payload, "sound")));
    const place = placeOf(text(member(payload, "entity")));
    app.voice.ring(sound, place);
    if (!app.preferences.settings$.value.sound.captions) return;
    const line = captions.note(sound, farFrom(place), clock.now_ms);
    if (line !== undefined) app.hud.hud$.next(line);
  }

  /** Undefined for what is gone, or is nowhere; and for oneself: that has no direction. */
  function placeOf(entity: string | undefined): SoundPlace | undefined {
    const index = entity === undefined || entity === session.self_id ? -1 : replica.index(entity);
    if (index < 0) return undefined;
    return session.personAt(index) === undefined ? thingAt(index) : headAt(index);
  }

  function thingAt(index: number): SoundPlace | undefined {
    const at = core.matrices().subarray(index * 16 + 12, index * 16 + 15);
    return at.length < 3 ? undefined : placeIn(at);
  }

  function headAt(index: number): SoundPlace | undefined {
    const rows = core.avatars();
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      if (rows[at + AVATAR_ROW.index] === index) return placeIn(rows.subarray(at + AVATAR_ROW.head));
    }
    return undefined;
  }

  function farFrom(place: SoundPlace | undefined): number {
    const { x, y, z } = app.viewer;
    return place === undefined ? 0 : Math.hypot(place[0] - x, place[1] - y - HEAD_HEIGHT_M, place[2] - z);
  }

  return () => heard.unsubscribe();
}

function placeIn([x = 0, y = 0, z = 0]: Float32Array): SoundPlace {
  return [x, y, z];
}
