/** The other people: where the core has them now, drawn with their names. In the lobby's preview nobody is shown. */
import type { Person } from "../core/app";
import { AVATAR_FLAG, AVATAR_ROW } from "../core/core-types";
import { type PoseAt, tagPlace } from "../scene/crowd";
import { NEUTRAL, rgb } from "../scene/looks";
import type { Vector } from "../scene/matrix";
import { TAG_GONE_M } from "../scene/tag_sight";
import type { Context } from "./context";

interface Known {
  readonly person: Person;
  readonly color: Vector;
  readonly since_ms: number;
}

interface Named {
  readonly index: number;
  readonly known: Known;
  readonly place: Vector;
  readonly distance_m: number;
}

export function avatars({ app, core, session, stage, clock, onFrame }: Context): () => void {
  const known = new Map<number, Known>();
  let rows = new Float32Array(AVATAR_ROW.floats * 16);
  onFrame(() => {
    stage.crowd.begin();
    stage.tags.begin();
    const named = app.inside ? drawEveryone(takeRows()) : forget();
    named.sort((a, b) => a.distance_m - b.distance_m);
    for (const { index, known: who, place, distance_m } of named) {
      stage.tags.show(index, who.person, place, distance_m);
    }
    stage.crowd.end();
    stage.tags.end();
  });

  /** Copies the view: asking who someone is may move the core's memory. Returns the number of rows. */
  function takeRows(): number {
    const view = core.avatars();
    if (rows.length < view.length) rows = new Float32Array(view.length * 2);
    rows.set(view);
    return Math.floor(view.length / AVATAR_ROW.floats);
  }

  function drawEveryone(count: number): Named[] {
    const named: Named[] = [];
    const { eye } = stage;
    const present = new Set<number>();
    for (let row = 0; row < count; row += 1) {
      const at = row * AVATAR_ROW.floats;
      const index = rows[at + AVATAR_ROW.index] ?? -1;
      const person = session.personAt(index);
      if (person === undefined || person.self) continue;
      present.add(index);
      const who = know(index, person);
      const head = draw(at, index, who, eye);
      const place = tagPlace(head);
      const distance_m = Math.hypot(place[0] - eye[0], place[1] - eye[1], place[2] - eye[2]);
      if (distance_m < TAG_GONE_M) named.push({ index, known: who, place, distance_m });
    }
    for (const index of known.keys()) if (!present.has(index)) known.delete(index);
    return named;
  }

  function draw(at: number, index: number, who: Known, eye: Vector): PoseAt {
    const flags = rows[at + AVATAR_ROW.flags] ?? 0;
    const part = (offset: number): PoseAt => ({ floats: rows, at: at + offset });
    const hand = (flag: number, offset: number) => ((flags & flag) === 0 ? undefined : part(offset));
    const figure = {
      index,
      color: who.color,
      away: who.person.away || (flags & AVATAR_FLAG.away) !== 0,
      age_ms: app.settings$.value.reduce_motion ? Infinity : clock.now_ms - who.since_ms,
    };
    const head = part(AVATAR_ROW.head);
    const left = hand(AVATAR_FLAG.left, AVATAR_ROW.left);
    const right = hand(AVATAR_FLAG.right, AVATAR_ROW.right);
    stage.crowd.draw(figure, head, left, right, eye);
    return head;
  }

  function know(index: number, person: Person): Known {
    const before = known.get(index);
    if (before?.person === person) return before;
    const same = before?.person.user_id === person.user_id;
    const now = {
      person,
      color: rgb(person.color) ?? NEUTRAL,
      since_ms: same && before !== undefined ? before.since_ms : clock.now_ms,
    };
    known.set(index, now);
    return now;
  }

  function forget(): Named[] {
    known.clear();
    return [];
  }

  return () => undefined;
}
