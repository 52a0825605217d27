/**
 * Whether bytes are a glTF that can be shown, before anything is made of them. Pure.
 *
 * A model is one binary file (glTF 2.0, "GLB-stored Buffer") with all it needs inside: nothing else is fetched for it.
 */
import { type Json, isObject, member, text } from "../../core/json";

/** Bytes of one model: what is larger would keep a phone waiting for minutes; the server offers none larger. */
export const MODEL_BYTES_MAX = 32 * 1024 * 1024;
/** What a model may need beyond glTF itself. */
const EXTENSIONS: readonly string[] = [
  "KHR_materials_unlit",
  "KHR_materials_emissive_strength",
  "KHR_mesh_quantization",
  "KHR_texture_transform",
];
const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const HEADER_BYTES = 12;
const CHUNK_BYTES = 8;

/** A model cannot be shown, in words for whoever placed it. */
export class ModelError extends Error {}

/** Throws a `ModelError` for what cannot be shown. */
export function checkGlb(bytes: Uint8Array): void {
  const gltf = describedIn(bytes);
  const needed = member(gltf, "extensionsRequired");
  const names = (Array.isArray(needed) ? needed : []).map((name) => text(name) ?? "something unnamed");
  const unknown = names.find((name) => !EXTENSIONS.includes(name));
  if (unknown !== undefined) throw new ModelError(`it needs ${unknown}; export it without compression`);
  for (const list of ["buffers", "images"]) {
    const items = member(gltf, list);
    const outside = (Array.isArray(items) ? items : []).some((item) => member(item, "uri") !== undefined);
    if (outside) throw new ModelError("parts of it are in other files; export it as one .glb");
  }
}

/** The description in a binary glTF. */
function describedIn(bytes: Uint8Array): Json {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length >= HEADER_BYTES + CHUNK_BYTES && view.getUint32(0, true) === MAGIC;
  if (!whole) throw new ModelError("it is no .glb file");
  if (view.getUint32(4, true) !== 2) throw new ModelError("it is a glTF of another version than 2");
  const length = view.getUint32(HEADER_BYTES, true);
  const from = HEADER_BYTES + CHUNK_BYTES;
  if (view.getUint32(HEADER_BYTES + 4, true) !== JSON_CHUNK || from + length > bytes.length) {
    throw new ModelError("its file is damaged");
  }
  try {
    const read = JSON.parse(new TextDecoder().decode(bytes.subarray(from, from + length))) as Json;
    if (isObject(read)) return read;
  } catch {
    // Said below.
  }
  throw new ModelError("its file is damaged");
}
