/**
 * Writes each file of the built client once more as brotli and as gzip, so that the server compresses nothing while a visitor waits.
 *
 * Knows file names only; which one a browser gets is the server's to decide.
 */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

/** What shrinks; pictures and fonts are compressed already. */
const SHRINKS = /\.(js|css|wasm|json|svg)$/;

/** Smaller files fit into one packet as they are, bytes. */
const WORTH_BYTES = 1_024;

/** Of 0 to 11; 11 makes an eighth fewer bytes than 5 and takes sixty times as long: 20 s of two cores. */
const QUALITY = Number(process.env.XTASK_BROTLI_QUALITY ?? 5);

/** The plugin; it works on what a build has written. */
export function compressed(): Plugin {
  let folder = "";
  return {
    name: "thexr-compressed",
    apply: "build",
    configResolved: (config) => void (folder = join(config.root, config.build.outDir)),
    closeBundle: async () => {
      const files = (await readdir(folder)).filter((name) => SHRINKS.test(name));
      await Promise.all(files.map((name) => shrink(join(folder, name))));
    },
  };
}

/** Puts a file's compressed forms beside it, where they are smaller. */
async function shrink(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < WORTH_BYTES) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const forms = { br: promisify(brotliCompress)(content, { params }), gz: promisify(gzip)(content, { level: 9 }) };
  for (const [ending, form] of Object.entries(forms)) {
    const bytes = await form;
    if (bytes.length < content.length) await writeFile(`${file}.${ending}`, bytes);
  }
}
