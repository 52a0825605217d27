/**
 * What draws: a graphics card or the processor. Asked of a canvas of its own, since the answer is needed before the stage's is set up.
 *
 * Must not import Babylon: the lobby has the browser get its graphics going while everything else is on its way.
 */

/** Names of renderers that use no graphics card. */
const SOFTWARE_RENDERERS = /swiftshader|llvmpipe|softpipe|basic render|software/i;

let probe: WebGL2RenderingContext | null | undefined;
let answer: boolean | undefined;

/** Lets the browser get its graphics going while other things load; the stage is there sooner. */
export function warmUpGraphics(): void {
  if (answer === undefined) probe ??= document.createElement("canvas").getContext("webgl2");
}

/** Throws when there is no WebGL 2. */
export function drawsInSoftware(): boolean {
  answer ??= asked();
  return answer;
}

function asked(): boolean {
  warmUpGraphics();
  if (probe === null || probe === undefined) throw new Error("WebGL 2 is not available");
  const info = probe.getExtension("WEBGL_debug_renderer_info");
  const renderer = info ? String(probe.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  probe.getExtension("WEBGL_lose_context")?.loseContext();
  probe = undefined;
  return SOFTWARE_RENDERERS.test(renderer);
}
