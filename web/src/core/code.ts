/**
 * The client core's code: fetched, counted and compiled while other things load. Knows neither what it does nor how it is started: asking
 * for it must cost no more than this.
 */

/** Called as bytes arrive; `total_bytes` is 0 while it is not known. */
export type Progress = (done_bytes: number, total_bytes: number) => void;

/** Fetches the code and compiles it as it arrives; fails when it cannot be had. */
export async function fetchCore(progress: Progress): Promise<WebAssembly.Module> {
  const response = await fetch(new URL("./pkg/thexr_client_wasm_bg.wasm", import.meta.url));
  if (!response.ok || response.body === null) throw new Error(`the client core answered ${response.status}`);
  return await WebAssembly.compileStreaming(counted(response, response.body, progress));
}

/** The same response, with its bytes counted on their way. */
function counted(response: Response, body: ReadableStream<Uint8Array>, progress: Progress): Response {
  const total_bytes = announcedBytes(response.headers);
  let done_bytes = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      done_bytes += chunk.byteLength;
      progress(done_bytes, total_bytes === 0 ? 0 : Math.max(total_bytes, done_bytes));
      controller.enqueue(chunk);
    },
  });
  return new Response(body.pipeThrough(count), { headers: { "content-type": "application/wasm" } });
}

/** How much will arrive: the server says it in `x-size`, since of compressed content `content-length` says less. */
function announcedBytes(headers: Headers): number {
  const plain = headers.has("content-encoding") ? null : headers.get("content-length");
  return Number(headers.get("x-size") ?? plain ?? 0) || 0;
}
