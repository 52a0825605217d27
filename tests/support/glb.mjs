/**
 * Small glTF models for tests, made of boxes: no file of a model is kept in the repository.
 *
 * Must not know servers or pages.
 */

/** The corners of a face of a unit cube, and the way it looks. */
const FACES = [
  [[1, 0, 0], [[1, -1, -1], [1, 1, -1], [1, 1, 1], [1, -1, 1]]],
  [[-1, 0, 0], [[-1, -1, 1], [-1, 1, 1], [-1, 1, -1], [-1, -1, -1]]],
  [[0, 1, 0], [[-1, 1, -1], [-1, 1, 1], [1, 1, 1], [1, 1, -1]]],
  [[0, -1, 0], [[-1, -1, 1], [-1, -1, -1], [1, -1, -1], [1, -1, 1]]],
  [[0, 0, 1], [[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]]],
  [[0, 0, -1], [[1, -1, -1], [-1, -1, -1], [-1, 1, -1], [1, 1, -1]]],
];

/** A binary glTF of boxes: `{at: [x, y, z], size: [x, y, z], color: [r, g, b, a]}` each, metres, right-handed as glTF is. */
export function glbOfBoxes(boxes) {
  const places = boxes.map(({ at, size }) =>
    FACES.flatMap(([, corners]) => corners.flatMap((corner) => corner.map((side, axis) => at[axis] + (side * size[axis]) / 2))),
  );
  const normals = FACES.flatMap(([look]) => [...look, ...look, ...look, ...look]);
  const indices = FACES.flatMap((_, face) => [0, 1, 2, 0, 2, 3].map((corner) => face * 4 + corner));
  const parts = [...places.map((list) => new Float32Array(list)), new Float32Array(normals), new Uint16Array(indices)];
  const views = [];
  let length = 0;
  for (const part of parts) {
    views.push({ buffer: 0, byteOffset: length, byteLength: part.byteLength });
    length += part.byteLength;
  }
  const bin = new Uint8Array(length);
  parts.forEach((part, n) => bin.set(new Uint8Array(part.buffer), views[n].byteOffset));
  const spread = (list, axis, pick) => pick(...list.filter((_, n) => n % 3 === axis));
  const accessors = places.map((list, n) => ({
    bufferView: n,
    componentType: 5126,
    count: list.length / 3,
    type: "VEC3",
    min: [0, 1, 2].map((axis) => spread(list, axis, Math.min)),
    max: [0, 1, 2].map((axis) => spread(list, axis, Math.max)),
  }));
  const [normal, index] = [places.length, places.length + 1];
  accessors.push({ bufferView: normal, componentType: 5126, count: normals.length / 3, type: "VEC3" });
  accessors.push({ bufferView: index, componentType: 5123, count: indices.length, type: "SCALAR" });
  const primitives = boxes.map((_, n) => ({ attributes: { POSITION: n, NORMAL: normal }, indices: index, material: n }));
  const materials = boxes.map(({ color }) => ({ pbrMetallicRoughness: { baseColorFactor: color, metallicFactor: 0, roughnessFactor: 0.8 } }));
  return packed(
    {
      asset: { version: "2.0" },
      scene: 0,
      scenes: [{ nodes: [0] }],
      nodes: [{ mesh: 0 }],
      meshes: [{ primitives }],
      materials,
      accessors,
      bufferViews: views,
      buffers: [{ byteLength: length }],
    },
    bin,
  );
}

/** A description and its bytes as one file. */
function packed(description, bin) {
  const json = Buffer.from(JSON.stringify(description));
  const text = Buffer.concat([json, Buffer.alloc((4 - (json.length % 4)) % 4, " ")]);
  const data = Buffer.concat([bin, Buffer.alloc((4 - (bin.length % 4)) % 4)]);
  const chunk = (bytes, kind) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(kind, 4);
    return Buffer.concat([head, bytes]);
  };
  const chunks = Buffer.concat([chunk(text, 0x4e4f534a), chunk(data, 0x004e4942)]);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(0x46546c67, 0);
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(12 + chunks.length, 8);
  return Buffer.concat([head, chunks]);
}
