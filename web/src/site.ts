/**
 * What the website's pages do better with JavaScript: filter the list while typing, copy links, live people counts,
 * times that stay true, counting characters, reconnecting after a restart.
 *
 * Progressive enhancement only: every page works without this file. Owns no markup beyond what the server's
 * templates render; must not know rooms' contents, sockets or the room client.
 */

import { folded } from "./core/writing";

/** How often people counts are asked for, milliseconds: a lobby's patience; the server caches nothing longer. */
const PEOPLE_POLL_MS = 5_000;
/** How often "5 minutes ago" is looked at, milliseconds. */
const AGO_POLL_MS = 30_000;
/** How often a stopped server is asked whether it is back, milliseconds. */
const RECONNECT_POLL_MS = 2_000;
/** How long a short word stays on the page, milliseconds. */
const TOAST_MS = 2_500;

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** Units of past time, largest first; the server's pages say the same. */
const PAST_UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [365 * DAY_S, "year"],
  [30 * DAY_S, "month"],
  [7 * DAY_S, "week"],
  [DAY_S, "day"],
  [HOUR_S, "hour"],
  [MINUTE_S, "minute"],
];

/** "just now", "5 minutes ago", …; a time in the future is now. */
export function ago(nowMs: number, atMs: number): string {
  const seconds = Math.floor((nowMs - atMs) / 1000);
  for (const [length, name] of PAST_UNITS) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return count === 1 ? `1 ${name} ago` : `${count} ${name}s ago`;
  }
  return "just now";
}

/** "Nobody inside", "1 person inside", "12 people inside". */
export function peopleInside(people: number): string {
  if (people === 0) return "Nobody inside";
  return people === 1 ? "1 person inside" : `${people} people inside`;
}

/** Whether every word of a search is in the text or is the room's code. */
export function isFound(search: string, text: string, roomId: string): boolean {
  const words = folded(search).split(/\s+/).filter(Boolean);
  const looked_at = folded(text);
  return words.every((word) => looked_at.includes(word) || roomId.toLowerCase() === word);
}

/** People inside by room id, from the body of GET /api/v1/rooms; `null` when it is something else. */
export function peopleByRoom(body: unknown): Map<string, number> | null {
  const rooms = typeof body === "object" && body !== null && "rooms" in body ? body.rooms : null;
  if (!Array.isArray(rooms)) return null;
  const people = new Map<string, number>();
  for (const room of rooms as unknown[]) {
    if (typeof room !== "object" || room === null || !("id" in room) || !("people" in room)) return null;
    if (typeof room.id !== "string" || typeof room.people !== "number") return null;
    people.set(room.id, room.people);
  }
  return people;
}

function say(text: string): void {
  const toast = document.getElementById("toast");
  if (!toast) return;
  toast.textContent = text;
  toast.classList.add("toast-shown");
  window.setTimeout(() => toast.classList.remove("toast-shown"), TOAST_MS);
}

function startCopying(within: ParentNode = document): void {
  if (!window.isSecureContext || !("clipboard" in navigator)) return;
  for (const button of within.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = new URL(button.dataset["copy"] ?? "/", location.href).href;
      navigator.clipboard.writeText(link).then(
        () => say("Link copied."),
        () => say(`Copying was not allowed. The link is ${link}`),
      );
    });
  }
}

/** Filters the cards of this page at once; Enter still searches all pages on the server. */
function startFinding(): void {
  const form = document.querySelector<HTMLFormElement>("[data-finder]");
  const field = form?.querySelector<HTMLInputElement>("input[type=search]");
  const sort = form?.querySelector("select");
  if (!form || !field || !sort) return;
  sort.addEventListener("change", () => form.requestSubmit());
  const count = document.querySelector("[data-count]");
  const none = document.querySelector<HTMLElement>("[data-none]");
  const cards = [...document.querySelectorAll<HTMLElement>("[data-cards] > [data-room]")];
  field.addEventListener("input", () => {
    let shown = 0;
    for (const card of cards) {
      card.hidden = !isFound(field.value, card.dataset["find"] ?? "", card.dataset["room"] ?? "");
      if (!card.hidden) shown += 1;
    }
    if (none) none.hidden = shown > 0;
    if (count) count.textContent = shown === 1 ? "1 room on this page" : `${shown} rooms on this page`;
  });
}

/** Whether a list of the rooms with people inside still is one: all of it open, and nothing that belongs there missing. */
export function isOpenList(shown: readonly string[], people: ReadonlyMap<string, number>, shown_max: number): boolean {
  const open = [...people.values()].filter((inside) => inside > 0).length;
  return shown.every((id) => (people.get(id) ?? 0) > 0) && shown.length === Math.min(open, shown_max);
}

/** The rooms that are open now, as the server lists them; left alone while somebody is in the midst of it. */
async function renewOpen(people: ReadonlyMap<string, number>): Promise<void> {
  const section = document.querySelector<HTMLElement>("[data-open-max]");
  if (!section || section.contains(document.activeElement)) return;
  const shown = [...section.querySelectorAll<HTMLElement>("[data-room]:has([data-people])")];
  const ids = shown.map((card) => card.dataset["room"] ?? "");
  if (isOpenList(ids, people, Number(section.dataset["openMax"]))) return;
  const response = await fetch("/", { headers: { accept: "text/html" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const renewed = page.querySelector<HTMLElement>("[data-open-max]");
  if (!renewed) return;
  section.replaceWith(renewed);
  startCopying(renewed);
}

function showPeople(people: ReadonlyMap<string, number>): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-room] [data-people]")) {
    const id = element.closest<HTMLElement>("[data-room]")?.dataset["room"] ?? "";
    const inside = people.get(id);
    if (inside === undefined || element.dataset["people"] === String(inside)) continue;
    element.dataset["people"] = String(inside);
    element.textContent = peopleInside(inside);
    element.classList.toggle("people-some", inside > 0);
  }
}

/** Asks only while the page is looked at; a failed request leaves the last known counts until the next one. */
function startPeople(): void {
  if (!document.querySelector("[data-room] [data-people], [data-open-max]")) return;
  const poll = async (): Promise<void> => {
    if (document.visibilityState !== "visible") return;
    const response = await fetch("/api/v1/rooms", { headers: { accept: "application/json" } });
    const people = response.ok ? peopleByRoom(await response.json()) : null;
    if (!people) return;
    showPeople(people);
    await renewOpen(people);
  };
  window.setInterval(() => void poll().catch(() => undefined), PEOPLE_POLL_MS);
}

/** The server's time now, from what it was when the page was made: a visitor's clock may be wrong by days, but it runs. */
export function serverNow(made_ms: number, loaded_ms: number, now_ms: number): number {
  return made_ms + Math.max(0, now_ms - loaded_ms);
}

function startTimes(): void {
  const loaded_ms = Date.now();
  window.setInterval(() => {
    const made_ms = Number(document.querySelector<HTMLElement>("[data-now-ms]")?.dataset["nowMs"] ?? loaded_ms);
    const now_ms = serverNow(made_ms, loaded_ms, Date.now());
    for (const element of document.querySelectorAll<HTMLElement>("[data-at-ms]")) {
      element.textContent = ago(now_ms, Number(element.dataset["atMs"]));
    }
  }, AGO_POLL_MS);
}

/** Counts characters as the server does (code points, trimmed) and shows them once the limit is near. */
function startCounting(): void {
  for (const field of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-chars-max]")) {
    const hint = document.getElementById(`${field.id}-hint`);
    const usual = hint?.textContent ?? "";
    const max = Number(field.dataset["charsMax"]);
    field.addEventListener("input", () => {
      const left = max - [...field.value.trim()].length;
      if (!hint) return;
      if (left < 0) hint.textContent = left === -1 ? "1 character too many." : `${-left} characters too many.`;
      else hint.textContent = left <= max / 5 ? `${left} characters left.` : usual;
    });
  }
}

/** Loads the page again, as a plain GET, as soon as the server answers. */
function startReconnecting(): void {
  const path = document.querySelector<HTMLElement>("[data-reconnect]")?.dataset["reconnect"];
  if (!path) return;
  const poll = async (): Promise<void> => {
    const response = await fetch(path, { cache: "no-store" });
    if (response.ok) location.replace(location.href);
  };
  window.setInterval(() => void poll().catch(() => undefined), RECONNECT_POLL_MS);
}

function start(): void {
  startCopying();
  startFinding();
  startPeople();
  startTimes();
  startCounting();
  startReconnecting();
}

// The unit tests import the functions above where there is no page.
if (typeof document !== "undefined") start();
