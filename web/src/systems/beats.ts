/**
 * A beat that goes on in a page nobody sees, whose own timers browsers slow down to one a minute: a worker's are left alone.
 *
 * Knows neither core nor page; the worker exists only while it beats.
 */

export class Beats {
  readonly #every_ms: number;
  readonly #beat: () => void;
  #worker: Worker | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(every_ms: number, beat: () => void) {
    this.#every_ms = every_ms;
    this.#beat = beat;
  }

  start(): void {
    this.stop();
    try {
      this.#worker = this.#born();
    } catch {
      this.#slowly();
    }
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** From text rather than a file: it has to begin while the server is away, too. */
  #born(): Worker {
    const source = `setInterval(() => postMessage(0), ${this.#every_ms})`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      const worker = new Worker(address);
      worker.onmessage = () => this.#beat();
      worker.onerror = () => {
        if (worker === this.#worker) this.#slowly();
      };
      return worker;
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  /** Where workers are forbidden: late beats are better than none. */
  #slowly(): void {
    this.stop();
    this.#timer = setInterval(this.#beat, this.#every_ms);
  }
}
