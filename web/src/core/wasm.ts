/**
 * Starts the client core's WebAssembly. Knows neither rooms nor sockets.
 */
import type { ClientCore, CoreOptions } from "./core-types";
import init, { Core } from "./pkg/thexr_client_wasm.js";

/** Makes a core once its code is started. */
export type MakeCore = (options: CoreOptions) => ClientCore;

/** Starts the core's code once it is here; throws when it cannot be had. */
export async function startCore(code: Promise<WebAssembly.Module>): Promise<MakeCore> {
  await init({ module_or_path: await code });
  return (options) => new Core(JSON.stringify(options));
}
