import { after, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { components, guest, makeRoom, seesPeople, stand, until, userId } from "./visit.mjs";
const server = await startServer({ test: { after } });
const browser = await launchBrowser({ after });
async function make(page, components) {
  return await page.evaluate(async (components) => {
    const reply = await window.thexr.app.wishes?.command?.("create_entity", { components }) ?? await window.thexr.command("create_entity", { components });
    return reply.response?.entity ?? reply.entity ?? JSON.stringify(reply);
  }, components);
}
test("try", async (t) => {
  const room = await makeRoom(server, "Arena", "empty");
  const ada = await guest(browser, t, room, "Ada", { viewport: { width: 1280, height: 720 } });
  const { page } = ada;
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") console.log("CONSOLE", m.text().slice(0, 300)); });
  console.log(await page.evaluate(() => Object.keys(window.thexr)));
  await make(page, { game: { respawn_ms: 4000, ambience: "hall" }, sky: "night" });
  for (const [x, name, gun] of [[-2, "pistol", { capacity: 12, damage: 15, rate: 4 }], [0, "shotgun", { pellets: 8, spread: 0.06, damage: 8, rate: 1.2, capacity: 6, ammo: "shells" }], [2, "launcher", { kind: "projectile", damage: 60, rate: 1, ammo: "rockets", speed: 25 }]]) {
    await make(page, { gun, collectable: { item: name, amount: 60 }, position: [x, 0.8, 3] });
  }
  for (const [x, item] of [[-4, "health"], [4, "armour"], [5, "shells"], [-5, "red_key"], [6, "immunity"]]) await make(page, { collectable: { item, amount: 20 }, position: [x, 0.8, 4] });
  const m = [];
  for (const [x, z, kind] of [[-6, 14, "walker"], [0, 16, "spitter"], [6, 18, "brute"], [-2, 20, "walker"], [3, 20, "walker"]]) m.push(await make(page, { monster: { kind }, position: [x, 0, z] }));
  console.log(m);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: "/tmp/pictures/try/1.png" });
  await stand(page, { x: -2, z: 3 });
  await page.waitForTimeout(1500);
  console.log(await components(page, await userId(page)));
  await page.screenshot({ path: "/tmp/pictures/try/2.png" });
  await page.mouse.move(640, 340);
  for (let n = 0; n < 6; n += 1) { await page.mouse.down(); await page.waitForTimeout(120); if (n === 2) await page.screenshot({ path: "/tmp/pictures/try/3.png" }); await page.mouse.up(); await page.waitForTimeout(250); }
  await page.screenshot({ path: "/tmp/pictures/try/4.png" });
  await page.waitForTimeout(5000);
  await page.screenshot({ path: "/tmp/pictures/try/5.png" });
  console.log(await components(page, await userId(page)));
  for (const id of m) console.log(id, JSON.stringify(await components(page, id).catch(() => "gone")));
  await page.waitForTimeout(8000);
  await page.screenshot({ path: "/tmp/pictures/try/6.png" });
  console.log(await components(page, await userId(page)));
  console.log(server.log().slice(-1500));
});
