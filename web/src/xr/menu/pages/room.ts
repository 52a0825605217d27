/** What this room is, its sky, how one moves here, what its owner decides, the log wall, and the ways out. Pure: state in, rows out. */
import { SKIES } from "../../../core/generated";
import { type Permission, ROLES, type Role, can } from "../../../core/rights";
import { AT_LEAST_WORDS } from "../../../core/rights_words";
import { presetOf } from "../../../core/room_sky";
import { crowdedWords, mayEnter } from "../../../ui/logic/admission";
import { gravityChoice, gravityNamed } from "../../../ui/logic/gravity_words";
import { formatNumber } from "../../../ui/logic/numbers";
import { OWN_SKY, skyOptions } from "../../../ui/logic/sky_words";
import type { Button, Page, Row } from "../rows";
import type { Desk } from "../state";

const LEAVE = "leave";

export function room(desk: Desk): Page {
  const { app } = desk;
  if (desk.state.asked === LEAVE) return { rows: leaving(desk) };
  const { description } = app.room;
  const may = (permission: Permission): boolean => can(app.rights.rights$.value, permission) && !desk.observing;
  return {
    rows: [
      ...standing(desk),
      ...(description === "" ? [] : [{ kind: "words", words: description, tone: "soft" } as const]),
      { kind: "words", words: connectionWords(desk), small: true, tone: "soft" },
      { kind: "buttons", columns: 2, buttons: [wall(desk), copyLink(desk)] },
      ...(may("build") ? movement(desk) : []),
      ...(may("govern") ? settings(desk) : []),
    ],
    below: [
      {
        kind: "buttons",
        buttons: [
          { words: "Leave VR", icon: "headset", act: () => app.headset.leave() },
          { words: "Leave the room", icon: "leave", face: "danger", act: () => desk.go({ asked: LEAVE }) },
        ],
      },
    ],
  };
}

/** What kind of visit this is, where there is something to do about it. */
function standing({ app, observing, attempt }: Desk): readonly Row[] {
  const { admission$, driver$, phase$ } = app.visit;
  if (observing) {
    const people = app.people.people$.value.length;
    const entering = phase$.value.kind === "entering";
    const enabled = !entering && mayEnter(admission$.value, people);
    const words = admission$.value.crowded ? crowdedWords(people) : "You are observing: you see everyone, and nobody sees you.";
    return [
      { kind: "words", words },
      { kind: "buttons", buttons: [{ words: entering ? "Entering…" : "Enter the room", icon: "door", face: "primary", enabled, act: () => app.visit.enter("enter") }] },
    ];
  }
  if (driver$.value) return lobby(app);
  return [
    { kind: "words", words: "This room is open in another tab, which moves you." },
    { kind: "buttons", buttons: [{ words: "Continue here", face: "primary", act: () => void attempt(app.visit.continueHere()) }] },
  ];
}

/** A game waits until everyone is ready. */
function lobby({ rounds, games }: Desk["app"]): readonly Row[] {
  const round = rounds.round$.value;
  const me = round?.status === "lobby" ? round.players.find(({ own }) => own) : undefined;
  if (me === undefined) return [];
  const act = (): void => games.ready(!me.ready);
  return [{ kind: "buttons", buttons: [me.ready ? { words: "Waiting for the others…", act } : { words: "I am ready", face: "primary", act }] }];
}

function connectionWords({ app }: Desk): string {
  const connection = app.visit.connection$.value;
  if (connection.kind !== "online") return "The connection is being found again. Nothing you did is lost.";
  const { rtt_ms, picture } = connection.numbers;
  return `Round trip ${formatNumber(rtt_ms, 0)} ms · ${formatNumber(picture.frames_per_s, 0)} pictures per second`;
}

function wall({ around }: Desk): Button {
  if (around.walled) return { words: "Put the log away", icon: "wall", act: () => around.takeDownWall() };
  return { words: "Put up the log", icon: "wall", act: () => around.putUpWall() };
}

function copyLink({ app }: Desk): Button {
  const { link } = app.room;
  const copied = (): void => app.hud.hud$.next({ text: "The room's link is copied.", tone: "good" });
  const refused = (): void => app.hud.warn(`The browser does not let the link be copied. It is ${link}`);
  return {
    words: "Copy the link",
    icon: "copy",
    // Only pages from a secure address have a clipboard.
    act: () => void (navigator.clipboard?.writeText(link) ?? Promise.reject(new Error("no clipboard"))).then(copied, refused),
  };
}

function movement({ app, attempt }: Desk): readonly Row[] {
  const { gravity_m_s2, flying } = app.movement.rules$.value;
  const choose = (name: string): void => {
    const chosen_m_s2 = gravityNamed(name);
    if (chosen_m_s2 !== undefined) void attempt(app.movement.setGravity(chosen_m_s2));
  };
  const sky = presetOf(app.sky.sky$.value);
  const paint = (name: string): void => {
    const chosen = SKIES.find((each) => each === name);
    if (chosen !== undefined) void attempt(app.sky.setPreset(chosen));
  };
  return [
    { kind: "choice", words: "Sky", options: skyOptions(sky), value: sky ?? OWN_SKY, choose: paint },
    {
      kind: "switch",
      words: "Flying",
      note: "Whether people may fly here.",
      on: flying,
      set: (on) => void attempt(app.movement.setFlying(on)),
    },
    { kind: "choice", words: "Gravity", ...gravityChoice(gravity_m_s2), choose },
  ];
}

function settings({ app, attempt }: Desk): readonly Row[] {
  const { who_may_build, who_may_save } = app.rights.rights$.value.settings;
  const options = ROLES.map((role) => ({ value: role, words: AT_LEAST_WORDS[role] }));
  return [
    {
      kind: "choice",
      words: "Who may build",
      options,
      value: who_may_build,
      choose: (role) => void attempt(app.rights.setRoomSettings({ who_may_build: role as Role })),
    },
    {
      kind: "choice",
      words: "Who may save and restore",
      options,
      value: who_may_save,
      choose: (role) => void attempt(app.rights.setRoomSettings({ who_may_save: role as Role })),
    },
  ];
}

function leaving({ app, go }: Desk): readonly Row[] {
  return [
    { kind: "title", words: "Leave the room?" },
    { kind: "words", words: "You leave VR, too, and are back on the page. What you made stays.", tone: "soft" },
    {
      kind: "buttons",
      buttons: [
        { words: "Stay", act: () => go({ asked: null }) },
        { words: "Leave the room", icon: "leave", face: "danger", act: () => app.visit.leave() },
      ],
    },
  ];
}
