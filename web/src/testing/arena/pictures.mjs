/**
 * Takes pictures of the arena page: `node src/testing/arena/pictures.mjs <folder> [name …]`, from `web/`. Needs a Chromium
 * (`THEXR_CHROMIUM`, else `chromium` of the system).
 */
import { createServer } from "node:http";
import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build } from "vite";

const FLAGS = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };
const SIZE = { width: 800, height: 450 };

/** Pictures by name: the page's question. */
const PICTURES = {
  /** No picture: what came of the recipes of all sounds. */
  sounds: "scene=sounds",
  kinds: "scene=kinds",
  "kinds-low": "scene=kinds&level=low",
  "close-walker": "scene=close-walker",
  "close-spitter": "scene=close-spitter",
  "close-brute": "scene=close-brute",
  walk: "scene=walk&t=1700",
  "walker-doing": "scene=doing-walker&since=330",
  "spitter-doing": "scene=doing-spitter&since=420",
  "brute-doing": "scene=doing-brute&since=330",
  "walker-later": "scene=doing-walker&since=500",
  "spitter-later": "scene=doing-spitter&since=700",
  "brute-later": "scene=doing-brute&since=520",
  "walker-dying": "scene=doing-walker&since=1450",
  "brute-dying": "scene=doing-brute&since=1350",
  far: "scene=far",
  "far-low": "scene=far&level=low",
  many: "scene=many",
  "many-low": "scene=many&level=low",
  "most-low": "scene=many&level=low&n=256",
  hits: "scene=hits",
  pickups: "scene=pickups",
  "pickups-low": "scene=pickups&level=low",
  pistol: "scene=hold-pistol",
  shotgun: "scene=hold-shotgun",
  rifle: "scene=hold-rifle",
  launcher: "scene=hold-launcher",
  "rifle-shot": "scene=hold-rifle&since=40",
  people: "scene=people",
  shots: "scene=shots",
  "shots-low": "scene=shots&level=low",
  play: "scene=play",
  "play-low": "scene=play&level=low",
  "play-phone": "scene=play&level=low",
  fight: "scene=fight&since=40",
  "fight-low": "scene=fight&since=40&level=low",
};

const [folder = "pictures", ...wanted] = process.argv.slice(2);
const out = join(tmpdir(), "thexr-arena-page");
mkdirSync(folder, { recursive: true });
const page_root = new URL(".", import.meta.url).pathname;
await build({ configFile: false, plugins: [svelte({ configFile: false })], root: page_root, base: "/", logLevel: "warn", build: { outDir: out, emptyOutDir: true, minify: false, target: "es2022", rolldownOptions: { external: [/\/pkg\//] } } });

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, "http://x").pathname).replace(/^\/$/, "/index.html");
  try {
    const body = readFileSync(join(out, path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const { port } = server.address();
const browser = await chromium.launch({ executablePath: process.env.THEXR_CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });
try {
  for (const [name, question] of Object.entries(PICTURES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const phone = name.endsWith("phone");
    const page = await browser.newPage(phone ? PHONE : { viewport: SIZE });
    page.on("pageerror", (error) => console.error(name, error.message));
    page.on("console", (message) => message.type() === "error" && console.error(name, message.text().slice(0, 1500)));
    await page.goto(`http://127.0.0.1:${port}/?${question}`);
    await page.waitForFunction(() => document.title === "shown" || document.title === "played", undefined, { timeout: 120_000 });
    if (name.startsWith("play")) await shootAbout(page, phone);
    const shown = await page.evaluate(() => window.shown);
    if (Array.isArray(shown)) for (const each of shown) console.log(name, JSON.stringify(each));
    else {
      await page.screenshot({ path: join(folder, `${name}.png`) });
      console.log(name, JSON.stringify(shown));
    }
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}

/** Plays a little: waits for the weapon, shoots for a while, and says what came of it. */
async function shootAbout(page, phone) {
  await page.waitForFunction(() => window.played.app.arena.armed$.value, undefined, { timeout: 60_000 });
  await page.waitForTimeout(2_500);
  if (phone) {
    const fire = await page.getByRole("button", { name: "Shoot" }).boundingBox();
    await page.evaluate(({ x, y }) => {
      const at = document.elementFromPoint(x, y).closest("button");
      at.dispatchEvent(new PointerEvent("pointerdown", { pointerId: 7, bubbles: true, pointerType: "touch", clientX: x, clientY: y }));
    }, { x: fire.x + fire.width / 2, y: fire.y + fire.height / 2 }).catch((error) => console.error(error.message));
  } else {
    await page.mouse.move(SIZE.width / 2, SIZE.height / 2);
    // The first press captures the mouse, or learns that it cannot.
    await page.mouse.click(SIZE.width / 2, SIZE.height / 2);
    await page.waitForTimeout(400);
    await page.mouse.down();
  }
  await page.waitForTimeout(1_600);
  await page.evaluate(() => {
    const { app, room, stage } = window.played;
    window.shown = { shots: room.shots.length, hits: app.arena.hits$.value, locked: document.pointerLockElement !== null, fps: Math.round(stage.fps), monsters: room.monsters.map(({ health_part }) => Math.round(100 * health_part)) };
  });
}
