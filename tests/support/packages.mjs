/**
 * The npm packages that the tests use, resolved from `web/package.json`: the repository has one npm package.
 *
 * Must not know any test.
 */
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));

/** The unmodified Phoenix client: `Socket`, `Channel`, `Presence`. */
export const phoenix = require("phoenix");

/** A WebSocket for Node 20, which has none of its own. */
export const { WebSocket } = require("ws");

/** Playwright's driver for Chromium. */
export const { chromium } = require("playwright-core");

/** The script with which a page is looked at for what keeps people out, as the global `axe`. */
export const axeScript = require.resolve("axe-core/axe.min.js");

/** The script that gives a page an emulated headset as the global `IWER`; add it to a page before its own code. */
export const headsetScript = require.resolve("iwer/build/iwer.min.js");
