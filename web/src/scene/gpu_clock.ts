/**
 * How long the graphics card worked on a picture, where it tells (`EXT_disjoint_timer_query_webgl2`): a few pictures late.
 *
 * Must not know what is drawn.
 */

/** Pictures whose answer is waited for; more are not asked about. */
const PENDING_MAX = 4;

/** The extension's names that are used; it has no type of its own. */
interface TimerQuery {
  readonly TIME_ELAPSED_EXT: number;
  readonly GPU_DISJOINT_EXT: number;
}

export class GpuClock {
  readonly #gl: WebGL2RenderingContext;
  readonly #timer: TimerQuery | null;
  readonly #pending: WebGLQuery[] = [];
  readonly #free: WebGLQuery[] = [];
  #asked: WebGLQuery | undefined;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#timer = gl.getExtension("EXT_disjoint_timer_query_webgl2") as TimerQuery | null;
  }

  /** The card forgot everything, and what was asked of it with that. */
  forget(): void {
    this.#pending.length = 0;
    this.#free.length = 0;
    this.#asked = undefined;
  }

  /** A picture begins. */
  begin(): void {
    if (this.#timer === null || this.#pending.length >= PENDING_MAX) return;
    const query = this.#free.pop() ?? this.#gl.createQuery();
    if (query === null) return;
    this.#gl.beginQuery(this.#timer.TIME_ELAPSED_EXT, query);
    this.#asked = query;
  }

  /** Its last command was given. */
  end(): void {
    if (this.#timer === null || this.#asked === undefined) return;
    this.#gl.endQuery(this.#timer.TIME_ELAPSED_EXT);
    this.#pending.push(this.#asked);
    this.#asked = undefined;
  }

  /** Milliseconds the card worked on the oldest picture that was not told of yet; NaN while it does not tell. */
  take(): number {
    const oldest = this.#pending[0];
    if (this.#timer === null || oldest === undefined) return Number.NaN;
    const gl = this.#gl;
    if (gl.getQueryParameter(oldest, gl.QUERY_RESULT_AVAILABLE) !== true) return Number.NaN;
    this.#pending.shift();
    this.#free.push(oldest);
    // Something else used the card meanwhile, or it changed its pace: the number means nothing.
    if (gl.getParameter(this.#timer.GPU_DISJOINT_EXT) === true) return Number.NaN;
    return Number(gl.getQueryParameter(oldest, gl.QUERY_RESULT)) / 1e6;
  }
}
