/**
 * Whom people look at: whoever speaks before them, else whom they face, the visitor included. Pure; makes no garbage.
 *
 * Faces of one frame are what eyes are turned to in the next.
 */

/** Faces that are looked at: those nearby, and the visitor. */
const FACES_MAX = 48;
const FLOATS = 4;
/** Speakers are heard and others noticed up to here, metres, and this far beside where one faces (cosine). */
const SPEAKER = { m: 9, cos: 0.2 } as const;
const OTHER = { m: 5, cos: 0.75 } as const;

export class Gaze {
  /** What `seek` found, radians from where the face looks: to the right, and up. 0 straight ahead. */
  aside = 0;
  up = 0;
  #faces = new Float32Array(FACES_MAX * FLOATS);
  #next = new Float32Array(FACES_MAX * FLOATS);
  #count = 0;
  #next_count = 0;

  /** A new frame; the visitor's eye is a face, too. */
  begin(x: number, y: number, z: number): void {
    [this.#faces, this.#next] = [this.#next, this.#faces];
    this.#count = this.#next_count;
    this.#next_count = 0;
    this.note(x, y, z, false);
  }

  note(x: number, y: number, z: number, speaks: boolean): void {
    if (this.#next_count === FACES_MAX) return;
    const at = this.#next_count * FLOATS;
    this.#next_count += 1;
    this.#next[at] = x;
    this.#next[at + 1] = y;
    this.#next[at + 2] = z;
    this.#next[at + 3] = speaks ? 1 : 0;
  }

  /** Finds whom a head at a matrix would look at. */
  seek(head: Float32Array): void {
    const size = Math.sqrt((head[8] ?? 0) ** 2 + (head[9] ?? 0) ** 2 + (head[10] ?? 0) ** 2) || 1;
    let best = 0;
    this.aside = this.up = 0;
    for (let face = 0; face < this.#count; face += 1) {
      const at = face * FLOATS;
      const dx = (this.#faces[at] ?? 0) - (head[12] ?? 0);
      const dy = (this.#faces[at + 1] ?? 0) - (head[13] ?? 0);
      const dz = (this.#faces[at + 2] ?? 0) - (head[14] ?? 0);
      const away = Math.sqrt(dx * dx + dy * dy + dz * dz);
      // Oneself is nobody to look at.
      if (away < 0.3) continue;
      const ahead = ((head[8] ?? 0) * dx + (head[9] ?? 0) * dy + (head[10] ?? 0) * dz) / size / away;
      const speaks = this.#faces[at + 3] === 1;
      const within = speaks ? SPEAKER : OTHER;
      if (away > within.m || ahead < within.cos) continue;
      const worth = (speaks ? 3 : 1) * ahead + 1 / (1 + away);
      if (worth <= best) continue;
      best = worth;
      const right = ((head[0] ?? 0) * dx + (head[1] ?? 0) * dy + (head[2] ?? 0) * dz) / size / away;
      const up = ((head[4] ?? 0) * dx + (head[5] ?? 0) * dy + (head[6] ?? 0) * dz) / size / away;
      this.aside = Math.atan2(right, ahead);
      this.up = Math.asin(Math.max(-1, Math.min(1, up)));
    }
  }
}
