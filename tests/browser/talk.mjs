/**
 * How people in stories speak and hear, and by which way their voices go.
 *
 * Must not know any story.
 */
import { until } from "./visit.mjs";

/** Less than this is silence, dB. */
export const SILENCE_DB = -60;

/** Waits until a page has its line. */
export async function hears(page) {
  await until(page, "a line of voices", () => window.thexr?.app.voice.hearing$.value.kind === "connected");
}

export async function setSound(page, change) {
  await page.evaluate((change) => {
    const { settings$ } = window.thexr.app.preferences;
    settings$.next({ ...settings$.value, sound: { ...settings$.value.sound, ...change } });
  }, change);
}

/** Presses M and waits until the microphone is so. */
export async function microphone(page, state) {
  await page.locator("canvas").focus();
  await page.keyboard.press("m");
  await until(page, `the microphone ${state}`, (wanted) => window.thexr.app.voice.microphone$.value === wanted, state);
}

export async function carries(page, user_id) {
  await until(page, `the voice of ${user_id}`, (id) => window.thexr.voice.slots().includes(id), user_id);
}

/** Waits until something is heard that is no silence. */
export async function hearsSomething(page) {
  const loud = (silence_db) => {
    const { left, right } = window.thexr.voice.loudness();
    return Math.max(left, right) > silence_db;
  };
  await until(page, "a sound", loud, SILENCE_DB);
}

/**
 * Has the pages of a context send their voices to another port of UDP than the server names in its answers, or to none.
 *
 * @param {import("playwright-core").BrowserContext} context before its pages are opened
 * @param {number | null} udp_port null: the answer names no way by UDP
 */
export async function sendBy(context, udp_port) {
  await context.addInitScript((port) => {
    const candidate = /^(a=candidate:\S+ \d+ udp \d+ \S+) \d+ /i;
    const line = (text) => {
      if (!candidate.test(text)) return [text];
      return port === null ? [] : [text.replace(candidate, `$1 ${port} `)];
    };
    const accept = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
      return accept.call(this, { type, sdp: sdp.split("\r\n").flatMap(line).join("\r\n") });
    };
  }, udp_port);
}
