/**
 * How long a voice takes from a mouth to an ear, and how much of it is made up, on a good line and on lines that lose packets:
 * `cargo xtask bench voice-delay` runs this and shows its lines.
 *
 * The mouth is a track that the app gets in place of a microphone's: syllables of a hum, and once a second a tone. The ear is what the
 * app hands to the loudspeakers. Both note when the audio thread had the tone; what devices add before and behind is not in it.
 * No test: it asserts no time. Must not know how the numbers are shown.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { launchBrowser, newVisitor } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { udpLineTo } from "../support/udp_line.mjs";
import { carries, hears, microphone, sendBy } from "./talk.mjs";
import { enter, makeRoom, openLobby, stand, until, userId } from "./visit.mjs";

/** Share of datagrams that a line loses, each way: of who speaks, of who hears. */
const LINES = {
  "as it is": { speaker: 0, listener: 0 },
  "10 % lost by the speaker": { speaker: 0.1, listener: 0 },
  "10 % lost by the listener": { speaker: 0, listener: 0.1 },
  "10 % lost by both": { speaker: 0.1, listener: 0.1 },
};
/** Tones that are listened for on each line. */
const TONES = Number(process.env.THEXR_TONES ?? 40);
/** Tones that nobody counts: buffers fill, and a sender hears of losses only after a while. */
const FIRST_TONES = Number(process.env.THEXR_FIRST_TONES ?? 15);
/** What is asked of a line. */
const LIMITS = { p95_ms: 150, concealed: 0.02 };
/** A tone is heard within this or not at all, milliseconds: the next one comes later. */
const HEARD_MS = 900;
const SMALL = { width: 320, height: 240 };

const ends = [];
const scope = { after: (end) => ends.unshift(end) };
try {
  const server = await startServer({ test: scope });
  const browser = await launchBrowser(scope);
  // A browser that has just started does much at once: what the first two hear says nothing of those after them.
  const [good] = Object.values(LINES);
  await measure(server, browser, "begin", good, { first: 1, tones: 1 });
  for (const [line, losses] of Object.entries(LINES)) {
    const facts = await measure(server, browser, line, losses, { first: FIRST_TONES, tones: TONES });
    console.log(`voice_delay ${JSON.stringify(facts)}`);
  }
} finally {
  for (const end of ends) await end();
}

async function measure(server, browser, line, losses, { first, tones: count }) {
  const room = await makeRoom(server, line);
  const ways = { speaker: await udpLineTo(server.port, scope, { seed: 1 }), listener: await udpLineTo(server.port, scope, { seed: 2 }) };
  const ear = await person(browser, room, ways.listener, "Ear", listenThere);
  const mouth = await person(browser, room, ways.speaker, "Mouth", speakThere);
  await stand(ear.page, { x: 0, z: 0 });
  await stand(mouth.page, { x: 0, z: 1 });
  await microphone(mouth.page, "on");
  await carries(ear.page, await userId(mouth.page));
  await until(ear.page, "the first tone", () => window.heard.length > 0);
  for (const [who, way] of Object.entries(ways)) way.set({ loss: losses[who] });
  await tonesAfter(mouth.page, first);
  const before = await ear.page.evaluate(countVoice);
  const lateness = monitorEventLoopDelay({ resolution: 5 });
  lateness.enable();
  const from = await tonesAfter(mouth.page, count);
  const after = await ear.page.evaluate(countVoice);
  lateness.disable();
  const sent = await mouth.page.evaluate(countSent);
  // The last tone is on its way.
  await ear.page.waitForTimeout(HEARD_MS);
  const tones = (await mouth.page.evaluate(() => window.said)).slice(from, from + count);
  const delays_ms = delays(tones, await ear.page.evaluate(() => window.heard));
  const share = (part) => delays_ms[Math.floor(part * (delays_ms.length - 1))] ?? null;
  const voice = difference(before, after);
  const concealed = voice.concealed / voice.samples;
  const facts = {
    line,
    tones: tones.length,
    heard: delays_ms.length,
    p50_ms: share(0.5),
    p95_ms: share(0.95),
    limit_ms: LIMITS.p95_ms,
    concealed,
    concealed_limit: LIMITS.concealed,
    in_time: delays_ms.length > 0 && share(0.95) <= LIMITS.p95_ms,
    whole: concealed <= LIMITS.concealed,
    lost: voice.lost / (voice.lost + voice.packets),
    // How late a machine on which others work lets this very program run: a voice cannot be sooner.
    late_ms: lateness.percentile(99) / 1e6,
    late_max_ms: lateness.max / 1e6,
    buffer_ms: (1_000 * voice.buffered_s) / voice.emitted,
    target_ms: (1_000 * voice.wanted_s) / voice.emitted,
    voice,
    sent,
  };
  for (const { context, complaints } of [ear, mouth]) {
    for (const complaint of complaints) console.error(complaint);
    await context.close();
  }
  return facts;
}

/** Somebody inside, whose voices go by a line of datagrams. */
async function person(browser, room, way, nickname, audio) {
  const visitor = await newVisitor(browser, { viewport: SMALL });
  await sendBy(visitor.context, way.port);
  await visitor.context.addInitScript(keepConnections);
  await visitor.context.addInitScript(keepAudioThread, `(${audioThread})()`);
  await visitor.context.addInitScript(audio);
  // The audio thread's script comes from none of the addresses that the page allows.
  const tools = await visitor.context.newCDPSession(visitor.page);
  await tools.send("Page.setBypassCSP", { enabled: true });
  await openLobby(visitor.page, room);
  await enter(visitor.page, nickname);
  await hears(visitor.page);
  return visitor;
}

/** Waits for so many further tones; resolves to how many there had been before. */
async function tonesAfter(page, count) {
  const before = await page.evaluate(() => window.said.length);
  // In steps: nobody waits for long where none come.
  for (let step = 1; step <= count; step += 1) await until(page, `${before + step} tones`, (wanted) => window.said.length >= wanted, before + step);
  return before;
}

/** How long each tone took that was heard, milliseconds, from the shortest to the longest. */
function delays(tones, heard) {
  const found = tones.map((at) => heard.find((then) => then >= at && then < at + HEARD_MS) - at);
  return found.filter((delay) => !Number.isNaN(delay)).sort((a, b) => a - b);
}

function difference(before, after) {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - before[name]]));
}

/** In the page: keeps what it connects by. */
function keepConnections() {
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...terms) {
      super(...terms);
      window.connections.push(this);
    }
  };
}

/** In the page: where the audio thread's script is. */
function keepAudioThread(script) {
  window.audio_thread = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}

/** In the page: what the app gets for a microphone speaks by itself. */
function speakThere() {
  window.said = [];
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext({ latencyHint: "interactive" });
    await context.audioWorklet.addModule(window.audio_thread);
    const mouth = new AudioWorkletNode(context, "mouth", { numberOfInputs: 0, outputChannelCount: [1] });
    mouth.port.onmessage = ({ data }) => window.said.push(data);
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    mouth.connect(out);
    return out.stream;
  };
}

/** In the page: whatever goes to the loudspeakers goes by an ear, too. */
function listenThere() {
  window.heard = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      const { context } = this;
      void context.audioWorklet.addModule(window.audio_thread).then(() => {
        const ear = new AudioWorkletNode(context, "ear", { numberOfOutputs: 0 });
        ear.port.onmessage = ({ data }) => window.heard.push(data);
        connect.call(this, ear);
      });
    }
    return connect.call(this, to, ...more);
  };
}

/** In the audio thread, whose only clock that pages share is the date, in milliseconds. */
function audioThread() {
  const TONE_HZ = 1_000;
  const TONE_S = 0.06;
  const TONE_LOUDNESS = 0.6;
  /** From one tone to the next: never in step with packets of 20 ms. */
  const EVERY_S = 1.0037;
  /** Syllables of a hum whose pitch wanders, silence between them, as voices have it: a steady one would be taken for noise. */
  const HUM_LOUDNESS = 0.06;
  const SYLLABLES_HZ = 2.5;
  const OVERTONES = [1, 2, 3, 4, 5, 6, 7, 8];
  const LOUD = 0.2;
  /** After a tone began none begins for so long. */
  const DEAF_S = 0.3;

  class Mouth extends AudioWorkletProcessor {
    #from_s = currentTime + EVERY_S;
    #phase = 0;

    process(_, [[samples]]) {
      for (let at = 0; at < samples.length; at += 1) {
        const now_s = currentTime + at / sampleRate;
        const pitch_hz = 140 + 30 * Math.sin(2 * Math.PI * 0.7 * now_s);
        this.#phase += (2 * Math.PI * pitch_hz) / sampleRate;
        const syllable = Math.min(1, 2 * Math.abs(Math.sin(Math.PI * SYLLABLES_HZ * now_s)));
        const hum = OVERTONES.reduce((sum, nth) => sum + Math.sin(nth * this.#phase) / nth, 0);
        samples[at] = HUM_LOUDNESS * syllable * hum;
        const into_s = now_s - this.#from_s;
        if (into_s >= 0 && into_s < TONE_S) samples[at] += TONE_LOUDNESS * Math.sin(2 * Math.PI * TONE_HZ * into_s);
        if (into_s >= TONE_S) {
          this.#from_s += EVERY_S;
          this.told = false;
        } else if (into_s >= 0 && !this.told) {
          this.told = true;
          this.port.postMessage(Date.now());
        }
      }
      return true;
    }
  }

  class Ear extends AudioWorkletProcessor {
    #last_s = 0;

    process([sides]) {
      const loudest = sides.reduce((most, samples) => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), most), 0);
      if (loudest > LOUD && currentTime - this.#last_s > DEAF_S) {
        this.#last_s = currentTime;
        this.port.postMessage(Date.now());
      }
      return true;
    }
  }

  registerProcessor("mouth", Mouth);
  registerProcessor("ear", Ear);
}

/** In the page: what the browser counted of the voice that comes, the one with most packets. */
async function countVoice() {
  const entries = [...(await window.connections.at(-1).getStats()).values()];
  const voices = entries.filter(({ type }) => type === "inbound-rtp");
  const voice = voices.reduce((most, each) => (each.packetsReceived > most.packetsReceived ? each : most));
  return {
    samples: voice.totalSamplesReceived,
    concealed: voice.concealedSamples,
    silent: voice.silentConcealedSamples,
    events: voice.concealmentEvents,
    packets: voice.packetsReceived,
    lost: voice.packetsLost,
    late: voice.packetsDiscarded,
    mended: voice.fecPacketsReceived ?? 0,
    mended_vain: voice.fecPacketsDiscarded ?? 0,
    slowed: voice.insertedSamplesForDeceleration,
    hastened: voice.removedSamplesForAcceleration,
    buffered_s: voice.jitterBufferDelay,
    wanted_s: voice.jitterBufferTargetDelay,
    emitted: voice.jitterBufferEmittedCount,
  };
}

/** In the page: what it sends, and what the server tells of it. */
async function countSent() {
  const entries = [...(await window.connections.at(-1).getStats()).values()];
  const out = entries.find(({ type }) => type === "outbound-rtp");
  const told = entries.find(({ type }) => type === "remote-inbound-rtp");
  const codec = entries.find(({ id }) => id === out.codecId);
  return { sent: out.packetsSent, told_lost: told?.fractionLost ?? null, told_lost_packets: told?.packetsLost ?? null, format: codec?.sdpFmtpLine };
}
