/**
 * Starts the client core's WebAssembly as it arrives and tells how far it is, in bytes. Knows neither rooms nor sockets.
 */
import type { ClientCore, CoreOptions } from "./core-types";
import init, { Core } from "./pkg/thexr_client_wasm.js";

/** Called as bytes arrive; `total_bytes` is 0 while it is not known. */
export type Progress = (done_bytes: number, total_bytes: number) => void;

/** Makes a core once its code is loaded. */
export type MakeCore = (options: CoreOptions) => ClientCore;

/** Compiles the core while its `code` arrives; throws when it cannot be had. */
export async function startCore(code: Promise<Response>, progress: Progress): Promise<MakeCore> {
  const response = await code;
  if (!response.ok || response.body === null) throw new Error(`the client core answered ${response.status}`);
  await init({ module_or_path: counted(response, response.body, progress) });
  return (options) => new Core(JSON.stringify(options));
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
