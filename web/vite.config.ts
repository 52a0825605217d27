/**
 * How the browser application is bundled and how its unit tests run.
 *
 * The server embeds `dist/` and finds the entries' hashed names in `dist/.vite/manifest.json`, keyed by the
 * source paths below. Knows nothing of rooms or scenes.
 */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { compressed } from "./compressed.ts";
import { together, whole } from "./together.ts";

export default defineConfig({
  base: "/assets/",
  plugins: [svelte(), compressed()],
  build: {
    outDir: "dist",
    assetsDir: "",
    manifest: true,
    sourcemap: false,
    target: "es2022",
    // The WASM core must stay a file of its own: `WebAssembly.instantiateStreaming` compiles it while it loads.
    assetsInlineLimit: 0,
    // Babylon's core is one honest megabyte; a warning below that would be shown on every build.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: ["src/main.ts", "src/site.ts", "src/site.css"],
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          // What opening a room takes anyway is one file, not the fifty that later chunks (models, headset) would share with it.
          groups: [
            { name: together("src/main.ts", "src/opening.ts", "stage", /@babylonjs|core\/pkg/), debugName: "stage" },
            { name: together("src/main.ts", "src/ui/room/Room.svelte", "room", /ui\/(room|drawers|touch)\//), debugName: "room" },
            { name: whole("src/main.ts", "src/site.ts", "main"), debugName: "main" },
          ],
        },
      },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    // Modules under test keep nothing between tests; a fresh world for each file costs five times as much as the tests.
    isolate: false,
  },
});
