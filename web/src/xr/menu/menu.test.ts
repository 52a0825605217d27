import { expect, test } from "vitest";
import { EVERYONE } from "../../core/audience";
import type { ChatLine } from "../../core/chat";
import { USUAL_RULES } from "../../core/movement_rules";
import { TARGET_MIN_DMM, TEXT_MIN_DMM, type Sheet } from "../panel/sheet";
import { type TestRoom, denied, may, measure, person, press, settled, testRoom, wordsOn } from "../testing/room";
import { Menu } from "./menu";
import type { PageName } from "./state";

const NOW_MS = Date.UTC(2026, 10, 29, 12);
const line = (nickname: string, text: string, at_ms = NOW_MS): ChatLine => ({ at_ms, user_id: nickname.toLowerCase(), nickname, color: "#6C9CFF", text, to: EVERYONE });

interface Opened {
  readonly room: TestRoom;
  readonly menu: Menu;
  readonly around: string[];
  sheet(): Sheet;
  press(...words: readonly string[]): void;
}

function opened(page: PageName = "people"): Opened {
  const [room, around] = [testRoom(), [] as string[]];
  const did = (what: string) => () => void around.push(what);
  const { viewer } = room.app;
  const menu = new Menu(room.app, { walled: false, viewer, beside: () => viewer, putUpWall: did("wall up"), takeDownWall: did("wall down"), close: did("closed") });
  menu.open();
  menu.go({ page });
  const sheet = (): Sheet => menu.layOut(measure, NOW_MS);
  return { room, menu, around, sheet, press: (...words) => words.forEach((each) => press(sheet(), each)) };
}

function write(menu: Menu, text: string): void {
  if (menu.keyboard === null) throw new Error("no keyboard");
  menu.keyboard.text = text;
  menu.layOutKeyboard(measure)?.find("enter")?.act();
}

test("it opens on the people, says which room this is, and closes by its cross", () => {
  const { sheet, around } = opened();
  expect(wordsOn(sheet())).toEqual(expect.arrayContaining(["Plaza", "2 people", "Ada", "Ben", "you"]));
  sheet().find("close")?.act();
  expect(around).toEqual(["closed"]);
});

test("pages of what one may not do are not offered, and nobody is left on one", () => {
  const { room, menu, sheet } = opened("things");
  expect(wordsOn(sheet())).toEqual(expect.arrayContaining(["Things", "Saved"]));
  may(room, ["look", "talk"]);
  expect(menu.state.page).toBe("people");
  expect(wordsOn(sheet())).not.toContain("Saved");
});

test("it says when it has to be laid out anew: when what it shows changes, not every second", () => {
  const { room, menu, sheet } = opened();
  const { connection$ } = room.app.visit;
  const quiet = { pose_age_ms: 0, pose_age_p95_ms: 0, received_kbit_s: 0, sent_kbit_s: 0, received_bytes: 0, sent_bytes: 0 };
  const numbers = { rtt_ms: 40, ...quiet, picture: { frames_per_s: 72, frame_ms: 5, people: { near: 0, mid: 0, far: 0 } } };
  connection$.next({ kind: "online", rtt_ms: 40, bars: 4, numbers });
  const before = menu.version;
  connection$.next({ kind: "online", rtt_ms: 41, bars: 4, numbers });
  expect(menu.version).toBe(before);
  room.app.people.people$.next([person("ada", "Ada", { self: true })]);
  expect(menu.version).toBeGreaterThan(before);
  expect(wordsOn(sheet())).toContain("1 person");
});

test("someone is whispered to, blocked, and by a moderator muted and given a role", async () => {
  const { room, press: pressed, sheet } = opened();
  pressed("Ben");
  expect(wordsOn(sheet())).not.toContain("Mute for everyone");
  pressed("Block");
  may(room, ["look", "talk", "moderate"], { role: "moderator" });
  pressed("Mute for everyone", "Member");
  await settled();
  expect(room.wished).toEqual([
    ["block", { user_id: "ben" }],
    ["mute", { user_id: "ben" }],
    ["set_role", { user_id: "ben", role: "member" }],
  ]);
  pressed("Whisper");
  expect(wordsOn(sheet())).toContain("Whisper to Ben");
});

test("in a crowd someone is found by a part of their name", async () => {
  const { room, menu, press: pressed, sheet } = opened();
  const crowd = Array.from({ length: 40 }, (_, at) => person(`p${at}`, `Guest ${at}`));
  room.app.people.people$.next([person("ada", "Ada", { self: true }), ...crowd, person("zoe", "Zoë")]);
  expect(wordsOn(sheet())).not.toContain("Zoë");
  pressed("Find someone");
  write(menu, "zo");
  await settled();
  expect(wordsOn(sheet())).toEqual(expect.arrayContaining(["zo", "Zoë"]));
  expect(wordsOn(sheet())).not.toContain("Guest 1");
  pressed("Everyone here");
  expect(wordsOn(sheet())).toContain("Guest 1");
});

test("of a thousand people the first are listed, and it says how many there are more", () => {
  const { room, sheet } = opened();
  const crowd = Array.from({ length: 999 }, (_, at) => person(`p${at}`, `Guest ${at}`));
  room.app.people.people$.next([person("ada", "Ada", { self: true }), ...crowd]);
  for (let screen = 0; screen < 50; screen += 1) sheet().find("leaf down")?.enabled === true && sheet().find("leaf down")?.act();
  expect(wordsOn(sheet())).toContain("And 860 more: find them by their name.");
});

test("a line is written to whom one chose, and the keyboard stays for the next", async () => {
  const { room, menu, press: pressed, sheet } = opened("chat");
  room.app.chat.chat$.next([line("Ben", "Hello")]);
  expect(wordsOn(sheet())).toEqual(expect.arrayContaining(["Ben", "Hello"]));
  pressed("Those near me", "Write to those within 5 m");
  write(menu, "Here I am");
  await settled();
  expect(room.wished).toEqual([["say", { text: "Here I am", to: { near: 5 } }]]);
  expect(menu.keyboard?.text).toBe("");
});

test("a line that the room has not answered is seen to be on its way", () => {
  const { room, menu, sheet } = opened("chat");
  const before = menu.version;
  room.app.chat.unsent$.next([{ key: 1, text: "In the tunnel" }]);
  expect(menu.version).toBeGreaterThan(before);
  expect(wordsOn(sheet())).toContain("In the tunnel (sending…)");
  expect(wordsOn(sheet())).not.toContain("Nothing was said yet.");
});

test("choosing other hearers while writing keeps what is written", () => {
  const { menu, press: pressed } = opened("chat");
  pressed("Write to everyone here");
  menu.keyboard?.letter("H");
  pressed("Moderators");
  expect([menu.keyboard?.text, menu.keyboard?.writing.invites]).toEqual(["H", "Write to the moderators"]);
});

test("the newest lines are seen first, and one leafs back to the oldest", () => {
  const { room, sheet } = opened("chat");
  room.app.chat.chat$.next(Array.from({ length: 60 }, (_, at) => line("Ben", `line ${at}`)));
  expect(wordsOn(sheet())).toContain("line 59");
  const seen = new Set<string>();
  for (let screen = 0; screen < 20; screen += 1) {
    for (const words of wordsOn(sheet())) seen.add(words);
    sheet().at(680, 90)?.act();
  }
  expect(wordsOn(sheet())).toContain("line 0");
  expect([...seen].filter((words) => words.startsWith("line "))).toHaveLength(60);
});

test("lines that were not read are counted until the chat is opened", () => {
  const { room, menu, sheet } = opened();
  room.app.chat.chat$.next([line("Ben", "one"), line("Ben", "two")]);
  expect(wordsOn(sheet())).toContain("2");
  menu.go({ page: "chat" });
  sheet();
  menu.go({ page: "people" });
  expect(wordsOn(sheet())).not.toContain("2");
});

test("building goes on while the page of things is open, and only then", () => {
  const { room, menu } = opened("things");
  expect(room.app.building.build$.value).toBe(true);
  menu.go({ page: "room" });
  expect(room.app.building.build$.value).toBe(false);
  menu.go({ page: "things" });
  menu.close();
  expect(room.app.building.build$.value).toBe(false);
});

test("a thing is made, named, painted, moved, and all of it taken back", async () => {
  const { room, menu, press: pressed, sheet } = opened("things");
  room.answer = () => ({ ok: true, response: { entity: "e1" } });
  pressed("Box");
  await settled();
  expect(room.app.building.selection$.value?.entity).toBe("e1");
  pressed("e1");
  write(menu, "Stool");
  await settled();
  expect(menu.keyboard).toBeNull();
  sheet().targets.find(({ swatch }) => swatch === "#1F9D8F")?.act();
  await settled();
  pressed("Place");
  sheet().find("row 1 more")?.act();
  await settled();
  expect(room.wished.slice(1)).toEqual([
    ["update_components", { entity: "e1", components: { name: "Stool" } }],
    ["update_components", { entity: "e1", components: { color: "#1F9D8F" } }],
    ["update_components", { entity: "e1", components: { position: [0, 1.1, 5] } }],
  ]);
  for (let undone = 0; undone < 4; undone += 1) {
    pressed("Undo");
    await settled();
  }
  expect(room.wished.at(-1)).toEqual(["delete_entity", { entity: "e1" }]);
  expect(() => pressed("Undo")).toThrow("cannot be pressed");
});

test("what people may do with a thing is given and taken, and taken back", async () => {
  const { room, menu, press: pressed } = opened("things");
  room.app.building.select("e1");
  pressed("Uses", "Sit on it", "Hold it");
  await settled();
  expect(room.wished).toEqual([
    ["add_interaction", { entity: "e1", interaction: "sit" }],
    ["add_interaction", { entity: "e1", interaction: "grab" }],
  ]);
  pressed("Undo");
  await settled();
  expect(room.wished.at(-1)).toEqual(["remove_components", { entity: "e1", names: ["holdable"] }]);
  pressed("Look");
  expect(() => pressed("Sit on it")).toThrow();
  expect(menu.keyboard).toBeNull();
});

test("what is written of one thing is not for the next", () => {
  const { room, menu, press: pressed } = opened("things");
  room.app.building.select("e1");
  pressed("e1");
  expect(menu.keyboard?.text).toBe("e1");
  room.app.building.select("e2");
  expect(menu.keyboard).toBeNull();
});

test("who whispers to someone who has left is told so while writing", () => {
  const { room, menu, press: pressed } = opened();
  pressed("Ben", "Whisper", "Whisper to Ben");
  menu.keyboard?.letter("H");
  expect(menu.keyboard?.note).toBe("");
  room.app.people.people$.next([person("ada", "Ada", { self: true })]);
  expect(menu.keyboard?.note).toBe("They are not here any more: choose who shall hear this.");
});

test("a refusal is said where it was asked for, until one goes on", async () => {
  const { room, menu, press: pressed, sheet } = opened("things");
  room.answer = denied;
  pressed("Sphere");
  await settled();
  expect(wordsOn(sheet())).toContain("The room holds no more things.");
  menu.go({ page: "things" });
  expect(wordsOn(sheet())).not.toContain("The room holds no more things.");
});

test("a saved state comes back only after a second press", async () => {
  const { room, menu, press: pressed } = opened("states");
  room.app.states.snapshots$.next([{ name: "Before", kind: "named", at_ms: NOW_MS }]);
  room.wished.length = 0;
  pressed("Restore");
  expect(room.wished).toEqual([]);
  pressed("Restore");
  await settled();
  expect(room.wished).toEqual([["restore_snapshot", { name: "Before" }]]);
  pressed("Give it a name");
  write(menu, "After");
  await settled();
  expect(room.wished[1]).toEqual(["save_snapshot", { name: "After" }]);
});

test("a saved state is replaced only when somebody says that they mean it", async () => {
  const { room, menu, press: pressed, sheet } = opened("states");
  await settled();
  room.app.states.snapshots$.next([{ name: "Party", kind: "named", at_ms: NOW_MS }]);
  room.wished.length = 0;
  pressed("Give it a name");
  write(menu, "Party");
  await settled();
  expect(room.wished).toEqual([]);
  expect(wordsOn(sheet()).some((words) => words.includes("Replace “Party”"))).toBe(true);
  pressed("Keep it");
  expect(room.wished).toEqual([]);
  pressed("Give it a name");
  write(menu, "Party");
  await settled();
  pressed("Replace");
  await settled();
  expect(room.wished[0]).toEqual(["save_snapshot", { name: "Party" }]);
});

test("settings are switched and stepped through", () => {
  const { room, press: pressed, sheet } = opened("comfort");
  pressed("Strong");
  sheet().find("row 4 more")?.act();
  const { vignette, move_speed } = room.app.preferences.settings$.value.headset;
  expect([vignette, move_speed]).toEqual(["strong", 2.5]);
});

test("who may build decides about flying and gravity of the room, and who may not sees neither", async () => {
  const { room, menu, press: pressed, sheet } = opened("room");
  pressed("Flying", "Moon");
  await settled();
  expect(room.wished.map(([, { components }]) => components)).toEqual([
    { name: "Room", flying: false },
    { name: "Room", gravity: -1.62 },
  ]);
  room.app.movement.rules$.next({ flying: false, gravity_m_s2: 2 });
  expect(wordsOn(sheet())).toContain("Other (2 m/s² upwards)");
  room.wished.length = 0;
  pressed("Other (2 m/s² upwards)", "Flying", "None");
  await settled();
  expect(room.wished).toEqual([
    ["create_entity", { components: { name: "Room", flying: true } }],
    ["create_entity", { components: { name: "Room", gravity: 0 } }],
  ]);
  may(room, ["look", "talk", "moderate", "govern"], { role: "owner" });
  expect(wordsOn(sheet())).not.toContain("Gravity");
  may(room, ["look", "talk", "build"]);
  room.app.visit.phase$.next({ kind: "inside", mode: "observe" });
  menu.go({ page: "room" });
  expect(wordsOn(sheet())).not.toContain("Gravity");
});

test("a room's refusal of another gravity is said on its page", async () => {
  const { room, press: pressed, sheet } = opened("room");
  room.answer = denied;
  pressed("Mars");
  await settled();
  expect(wordsOn(sheet())).toContain("The room holds no more things.");
});

test("where nobody flies the switch for one's own flying says so, as soon as that changes", () => {
  const { room, menu, sheet } = opened("comfort");
  const seen = (): readonly string[] => {
    const words: string[] = [];
    menu.go({ page: "comfort" });
    for (let screen = 0; screen < 9; screen += 1) {
      words.push(...wordsOn(sheet()));
      if (sheet().find("leaf down")?.enabled === true) sheet().find("leaf down")?.act();
    }
    return words;
  };
  expect(seen()).not.toContain("Nobody flies in this room.");
  const before = menu.version;
  room.app.movement.rules$.next({ ...USUAL_RULES, flying: false });
  expect(menu.version).toBeGreaterThan(before);
  expect(seen()).toContain("Nobody flies in this room.");
});

test("the room is left after a second press; the log is put up", () => {
  const { room, press: pressed, around } = opened("room");
  pressed("Put up the log", "Leave the room");
  expect(room.wished).toEqual([]);
  pressed("Leave the room");
  expect([room.wished, around]).toEqual([[["leave", {}]], ["wall up"]]);
});

test("who watches looks on: no writing, no changing people, a way in", () => {
  const { room, menu, sheet } = opened("chat");
  room.app.visit.phase$.next({ kind: "inside", mode: "observe" });
  expect(sheet().targets.some(({ face }) => face === "field")).toBe(false);
  menu.go({ page: "room" });
  expect(wordsOn(sheet())).toContain("Enter the room");
  menu.go({ page: "people" });
  expect(() => press(sheet(), "Ben")).toThrow("cannot be pressed");
});

test("whatever can be pressed is large enough, and what is written can be read", () => {
  const { room, menu, press: pressed } = opened();
  may(room, ["look", "talk", "build", "save", "moderate", "govern"], { role: "owner" });
  room.app.people.people$.next([person("ada", "Ada", { self: true }), ...Array.from({ length: 30 }, (_, at) => person(`p${at}`, `Someone with a long name ${at}`))]);
  const pages: readonly PageName[] = ["people", "chat", "things", "states", "comfort", "room"];
  const sheets = pages.map((page) => {
    menu.go({ page });
    return menu.layOut(measure, NOW_MS);
  });
  menu.go({ page: "chat" });
  pressed("Write to everyone here");
  const keys = menu.layOutKeyboard(measure);
  for (const sheet of [...sheets, ...(keys === undefined ? [] : [keys])]) {
    for (const { key, x, y, width, height } of sheet.targets) {
      expect(Math.min(width, height), key).toBeGreaterThanOrEqual(TARGET_MIN_DMM);
      expect([x >= 0, y >= 0, x + width <= sheet.width, y + height <= sheet.height], key).toEqual([true, true, true, true]);
    }
    for (const piece of sheet.pieces) if (piece.kind === "text") expect(piece.size, piece.text).toBeGreaterThanOrEqual(TEXT_MIN_DMM);
  }
});

test("the server's models are placed from the menu, and it says when there are none", async () => {
  const { room, sheet, press: pressAll } = opened("things");
  room.app.models.measure = () => Promise.resolve({ hull: undefined, skin: undefined, below_m: 0.5, foot: { radius_m: 1, height_m: 1 } });
  room.app.models.refresh = () => Promise.resolve();
  pressAll("Models");
  expect(wordsOn(sheet())).toContain("Asking the server…");
  room.app.models.offered$.next([]);
  expect(wordsOn(sheet())).toContain("This server offers no models.");
  room.app.models.offered$.next([{ name: "arch", url: "/models/arch.glb", bytes: 9 }]);
  pressAll("arch");
  await settled();
  expect(room.wished.at(-1)).toMatchObject(["create_entity", { components: { name: "arch", model: { url: "/models/arch.glb" } } }]);
  pressAll("Shapes");
  expect(wordsOn(sheet())).toContain("Box");
});

test("the microphone stands first, says how it is, and is not offered to who only watches", () => {
  const { room, press: pressed, sheet } = opened();
  const presses = { count: 0 };
  room.app.voice.press = () => void (presses.count += 1);
  pressed("Microphone off");
  expect(presses.count).toBe(1);
  room.app.voice.microphone$.next("muted");
  expect(wordsOn(sheet())).toContain("Ask them to unmute you.");
  room.app.visit.phase$.next({ kind: "inside", mode: "observe" });
  expect(wordsOn(sheet()).some((words) => words.includes("Microphone"))).toBe(false);
});

test("somebody is muted for oneself alone, and who speaks is marked", () => {
  const { room, press: pressed, sheet, menu } = opened();
  room.app.voice.speakers$.next(new Set(["ben"]));
  expect(wordsOn(sheet())).toContain("speaks");
  pressed("Ben");
  pressed("Mute for me");
  expect(room.app.voice.choices.of("ben").muted).toBe(true);
  menu.go({ person: null });
  expect(wordsOn(sheet())).toContain("muted for you");
  expect(room.wished).toEqual([]);
});
