/**
 * Voices at work: the line, the microphone and what is played, held together and told to `app.voice`.
 *
 * Owns when each begins and ends. Comes when somebody is inside, or asks for their microphone.
 */
import { combineLatest, distinctUntilChanged, map } from "rxjs";
import type { Json } from "../core/json";
import type { RoomApp } from "../core/room-app";
import type { ShareSource } from "../core/screens";
import type { Ambience, SoundName, SoundPlace } from "../core/sounds";
import type { SoundSettings } from "../core/sound_settings";
import { type Loudness, type VoicePort, sameOrNew } from "../core/voice";
import { unheard } from "../core/voice_choices";
import { microphoneWords } from "../ui/logic/voice_words";
import { Capture, type Opened } from "./capture";
import { PROBE_EVERY_MS } from "./carriage";
import { listDevices, openMicrophone } from "./devices";
import { EffectsAtWork } from "./effects";
import { Graph } from "./graph";
import { Speech, meterOf } from "./level";
import { Line } from "./line";
import { Meter } from "./meter";
import { MotionAtWork } from "./motion";
import { type Counted, counted, numbersBetween } from "./numbers";
import { newPeer } from "./peer";
import { ScreensAtWork } from "./screens";
import { slotsIn } from "./slots";
import { Talking } from "./talking";
import { Thinning } from "./thinning";
import { LineWish } from "./wanted";

/** How often one looks whether somebody speaks, milliseconds. */
const LISTEN_EVERY_MS = 50;
/** How often the line is counted, milliseconds. */
const COUNT_EVERY_MS = 1_000;

/** Begins; ends with the page. */
export function startVoices(app: RoomApp): VoicePort {
  return new Voices(app);
}

class Voices implements VoicePort {
  readonly #app: RoomApp;
  readonly #graph: Graph;
  readonly #line: Line;
  readonly #capture: Capture;
  readonly #talking: Talking;
  readonly #screens: ScreensAtWork;
  readonly #motion: MotionAtWork;
  readonly #effects: EffectsAtWork;
  readonly #wish = new LineWish();
  readonly #speech = new Speech();
  #meter: Meter | undefined;
  #slots = 0;
  #thinning = new Thinning();
  #counted: Counted | undefined;
  #failure_told = false;

  constructor(app: RoomApp) {
    this.#app = app;
    const { sound } = app.preferences.settings$.value;
    this.#graph = new Graph(sound, (user_id) => app.voice.choices.of(user_id));
    app.voice.ears = this.#graph;
    this.#effects = new EffectsAtWork(this.#graph, () => this.#rest());
    this.#line = this.#newLine();
    this.#screens = new ScreensAtWork(app, this.#line);
    this.#motion = this.#newMotion();
    this.#capture = new Capture(
      (device) => openMicrophone(navigator.mediaDevices, device),
      (opened) => this.#follow(opened),
      () => this.#talking.lost(),
    );
    this.#talking = new Talking({
      need: (need) => this.#capture.need(need),
      drop: (need) => this.#capture.drop(need),
      after,
      told: (state) => {
        app.voice.microphone$.next(state);
        this.#send();
        if (state === "on") this.#admit();
        const { label, advice } = microphoneWords(state, false);
        // The moderator's mute is told by the room.
        if (advice !== "" && state !== "muted") app.hud.warn(`${label}. ${advice}`);
      },
    });
    this.#watchVisit();
    this.#watchWishes();
    this.#watchBrowser();
    setInterval(() => this.#listen(), LISTEN_EVERY_MS);
    setInterval(() => void this.#count(), COUNT_EVERY_MS);
    setInterval(() => this.#motion.step(), PROBE_EVERY_MS);
  }

  // ---- what is wished ---------------------------------------------------------------------------------------------

  press(): void {
    this.resume();
    if (this.#mayTalk()) this.#talking.press();
  }

  hold(down: boolean): void {
    if (down) this.resume();
    if (!down || this.#mayTalk()) this.#talking.hold(down);
  }

  meter(on: boolean): void {
    if (!on) return this.#capture.drop("meter");
    this.resume();
    void this.#capture.need("meter").then((outcome) => {
      // Beside the meter stands why there is nothing to see, until there is.
      if (outcome.ok) this.#app.voice.microphone$.next(this.#talking.state);
      else if (this.#talking.state === "off") this.#app.voice.microphone$.next(outcome.denial);
    });
  }

  test(): void {
    this.resume();
    this.#graph.test();
  }

  resume(): void {
    if (this.#graph.context.state !== "running") void this.#graph.context.resume().catch(() => undefined);
  }

  share(source: ShareSource, entity: string): void {
    this.#screens.share(source, entity);
  }

  unshare(): void {
    this.#screens.unshare();
  }

  ring(sound: SoundName, place: SoundPlace | undefined, gain = 1): void {
    if (this.#app.preferences.settings$.value.sound.effects > 0) this.#effects.ring(sound, place, gain);
  }

  hum(ambience: Ambience | undefined): void {
    this.#effects.hum(ambience);
  }

  loudness(): Loudness {
    return this.#graph.loudness();
  }

  slots(): readonly (string | null)[] {
    return this.#graph.speakers;
  }

  /** Whoever watches is told why they are not heard. */
  #mayTalk(): boolean {
    const { visit, hud } = this.#app;
    if (visit.acts) return true;
    const phase = visit.phase$.value;
    const elsewhere = phase.kind === "inside" && phase.mode === "enter";
    hud.warn(elsewhere ? "You are in this room in another tab: speak there." : "Enter the room to speak.");
    return false;
  }

  // ---- what is followed -------------------------------------------------------------------------------------------

  #watchVisit(): void {
    const { visit, rights, voice } = this.#app;
    combineLatest([visit.phase$, visit.connection$.pipe(map(({ kind }) => kind), distinctUntilChanged()), visit.driver$]).subscribe(([phase, connection, driver]) => {
      const mode = phase.kind === "inside" || phase.kind === "entering" ? phase.mode : null;
      const wanted = this.#wish.see({ phase: phase.kind, mode, connection, driver });
      this.#talking.setAllowed(visit.acts);
      this.#screens.setAllowed(visit.acts);
      if (wanted === "begin") this.#line.begin();
      if (wanted === "end") this.#line.end(visit.inside);
    });
    rights.rights$.pipe(map(({ muted }) => muted), distinctUntilChanged()).subscribe((muted) => this.#talking.setMuted(muted));
    voice.hearing$.subscribe(() => {
      this.#rest();
      this.#noticeSilence();
      this.#tellFailure();
    });
  }

  /** Once a visit: who sees lips move and hears nothing learns why. Where there are no voices at all nobody waits for them. */
  #tellFailure(): void {
    const hearing = this.#app.voice.hearing$.value;
    if (hearing.kind === "off" || hearing.kind === "connected") this.#failure_told = false;
    if (hearing.kind !== "failed" || !hearing.again || this.#failure_told) return;
    this.#failure_told = true;
    this.#app.hud.warn(`${hearing.why} The bars top right say what to do.`);
  }

  /** An open microphone without a line is heard by nobody. */
  #admit(): void {
    const hearing = this.#app.voice.hearing$.value;
    if (hearing.kind === "failed") this.#app.hud.warn(`Nobody hears you. ${hearing.why}`);
  }

  #watchWishes(): void {
    const { preferences, voice } = this.#app;
    const follow = <T>(read: (sound: SoundSettings) => T, work: (value: T) => void): void => {
      preferences.settings$.pipe(map(({ sound }) => read(sound)), distinctUntilChanged()).subscribe(work);
    };
    follow((sound) => sound, (sound) => this.#graph.setManner(sound));
    follow(({ volume }) => volume, (volume) => this.#graph.setVolume(volume));
    follow(({ effects }) => effects, (volume) => this.#graph.setEffects(volume));
    follow(({ microphone }) => microphone, (device) => void this.#capture.choose(device));
    follow(({ output }) => output, (device) => void this.#playAt(device));
    voice.choices.choices$.subscribe((choices) => {
      this.#graph.weigh();
      this.#line.say({ unheard: unheard(choices) });
    });
  }

  #watchBrowser(): void {
    navigator.mediaDevices?.addEventListener("devicechange", () => {
      void this.#readDevices();
      void this.#playAt(this.#app.preferences.settings$.value.sound.output);
    });
    void this.#readDevices();
    this.#graph.context.addEventListener("statechange", () => this.#noticeSilence());
    // Wherever one clicks: browsers only want to see that somebody is there.
    const awake = () => {
      if (this.#plays) this.resume();
      this.#effects.touched();
    };
    for (const gesture of ["pointerdown", "pointerup", "keydown"]) window.addEventListener(gesture, awake, { capture: true, passive: true });
  }

  async #readDevices(): Promise<void> {
    this.#app.voice.devices$.next(await listDevices(navigator.mediaDevices, this.#graph.choosesOutput));
  }

  async #playAt(device: string): Promise<void> {
    if (await this.#graph.setOutput(device)) return;
    await this.#graph.setOutput("");
    this.#app.hud.warn("The loudspeakers you chose are gone. You hear through the usual ones.");
  }

  /** Whether there is, or soon will be, something to play. */
  get #plays(): boolean {
    const { kind } = this.#app.voice.hearing$.value;
    return kind === "connecting" || kind === "connected";
  }

  /** An audio thread that plays nothing costs a phone its battery. */
  #rest(): void {
    const { context } = this.#graph;
    if (this.#plays || this.#effects.rings) return this.resume();
    if (this.#meter === undefined && context.state === "running") void context.suspend().catch(() => undefined);
  }

  #noticeSilence(): void {
    const { hearing$, silenced$ } = this.#app.voice;
    const silenced = hearing$.value.kind === "connected" && this.#graph.context.state !== "running";
    if (silenced !== silenced$.value) silenced$.next(silenced);
  }

  // ---- the microphone ---------------------------------------------------------------------------------------------

  #follow(opened: Opened | undefined): void {
    const { voice, hud } = this.#app;
    this.#meter?.dispose();
    this.#meter = opened === undefined ? undefined : new Meter(this.#graph.context, opened.stream);
    voice.device$.next(opened?.name ?? null);
    if (opened?.fell_back === true) hud.warn(`The microphone you chose is gone. You speak through “${opened.name}”.`);
    // With the first grant devices get their names.
    if (opened === undefined) this.#rest();
    else void this.#readDevices();
    this.#send();
  }

  /** What goes out is the open microphone, while it is on. */
  #send(): void {
    const on = this.#talking.state === "on";
    this.#line.send(on ? (this.#capture.opened?.track ?? null) : null);
  }

  // ---- the line ---------------------------------------------------------------------------------------------------

  #newLine(): Line {
    const { wishes, voice, motion } = this.#app;
    const world = { ask: wishes.inquire.bind(wishes), connect: newPeer, after, chance: Math.random };
    return new Line(world, {
      hearing: (hearing) => voice.hearing$.next(hearing),
      begun: (slots) => {
        [this.#slots, this.#thinning, this.#counted] = [slots, new Thinning(), undefined];
        this.#graph.begin(slots);
        this.#screens.begin();
      },
      voice: (slot, stream) => this.#graph.play(slot, stream),
      screen: (slot, stream) => this.#screens.come(slot, stream),
      said: (message) => this.#hear(message),
      opened: () => {
        this.#line.say({ unheard: unheard(voice.choices.choices$.value) });
        this.#screens.opened();
      },
      carries: (on) => (on ? this.#motion.opened() : this.#motion.closed()),
      moved: (frame) => motion.received(frame),
      probed: (number) => this.#motion.answered(number),
      ended: () => {
        this.#motion.closed();
        this.#graph.end();
        this.#screens.end();
        voice.numbers$.next(null);
      },
    });
  }

  #newMotion(): MotionAtWork {
    const { visit, voice, motion, wishes } = this.#app;
    const world = {
      now: () => performance.now(),
      socket_ms: () => (visit.connection$.value.kind === "online" ? visit.connection$.value.rtt_ms : undefined),
      direct: () => voice.numbers$.value?.path === "udp" || voice.numbers$.value?.path === "relay",
      ask: wishes.inquire.bind(wishes),
      carry: motion.carry.bind(motion),
    };
    return new MotionAtWork(world, this.#line);
  }

  #hear(message: Json): void {
    const speakers = slotsIn(message, this.#slots);
    if (speakers !== undefined) this.#graph.seat(speakers);
    this.#screens.hear(message);
  }

  async #count(): Promise<void> {
    const { peer } = this.#line;
    const { hearing$, numbers$ } = this.#app.voice;
    if (peer === undefined || hearing$.value.kind !== "connected") return;
    const report = await peer.stats().catch(() => undefined);
    if (report === undefined || peer !== this.#line.peer) return;
    const entries = [...report.values()] as Record<string, unknown>[];
    const now = counted(entries, performance.now());
    this.#screens.count(entries, now.at_ms);
    const changed = this.#thinning.see(now.at_ms, now.received, now.lost);
    const { slots, redundant } = this.#thinning.asked;
    if (changed) this.#line.say({ slots: Math.min(this.#slots, slots), redundant });
    numbers$.next(numbersBetween(this.#counted ?? now, now, Math.min(this.#slots, slots)));
    this.#counted = now;
  }

  // ---- who speaks -------------------------------------------------------------------------------------------------

  #listen(): void {
    const { level$, speaking$, heard$ } = this.#app.voice;
    const now_ms = performance.now();
    const level_db = this.#meter?.read() ?? -Infinity;
    const level = meterOf(level_db);
    if (level !== level$.value) level$.next(level);
    const speaks = this.#speech.hear(level_db, now_ms) && this.#talking.state === "on";
    if (speaks !== speaking$.value) speaking$.next(speaks);
    const heard = sameOrNew(heard$.value, this.#graph.heard(now_ms));
    if (heard !== heard$.value) heard$.next(heard);
  }
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
