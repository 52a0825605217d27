/**
 * The client core's code on its way here. Knows neither what it does nor how it is started: asking for it must cost no more than this.
 */

/** Asks for the code; whoever starts it reads the answer, and hears when it cannot be had. */
export function fetchCore(): Promise<Response> {
  const answer = fetch(new URL("./pkg/thexr_client_wasm_bg.wasm", import.meta.url));
  answer.catch(() => undefined);
  return answer;
}
