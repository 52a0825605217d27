import { expect, test } from "vitest";
import { Capture, type Opened, type Outcome } from "./capture";

interface FakeMicrophone {
  readonly device: string;
  readonly opened: Opened;
  stopped: boolean;
  unplug(): void;
}

function fakeMicrophone(device: string): FakeMicrophone {
  const listeners: (() => void)[] = [];
  const microphone = { device, stopped: false, unplug: () => listeners.forEach((each) => each()) } as unknown as { -readonly [key in keyof FakeMicrophone]: FakeMicrophone[key] };
  const track = { stop: () => (microphone.stopped = true), addEventListener: (_: string, listener: () => void) => listeners.push(listener) } as unknown as MediaStreamTrack;
  microphone.opened = { stream: { getTracks: () => [track] } as unknown as MediaStream, track, name: device, fell_back: false };
  return microphone;
}

/** Microphones that open when they are told to. */
function bench() {
  const made: FakeMicrophone[] = [];
  const waiting: ((outcome?: Outcome) => void)[] = [];
  const names: (string | undefined)[] = [];
  const lost = { count: 0 };
  const capture = new Capture(
    (device) =>
      new Promise((resolve) =>
        waiting.push((outcome) => {
          if (outcome !== undefined) return resolve(outcome);
          const microphone = fakeMicrophone(device);
          made.push(microphone);
          resolve({ ok: true, opened: microphone.opened });
        }),
      ),
    (opened) => void names.push(opened?.name),
    () => void (lost.count += 1),
  );
  const grant = async (outcome?: Outcome): Promise<void> => {
    waiting.shift()?.(outcome);
    await new Promise<void>((resolve) => setTimeout(resolve));
  };
  return { capture, made, waiting, names, lost, grant };
}

test("a microphone is open while somebody needs it, and asked for once", async () => {
  const { capture, made, waiting, grant } = bench();
  const [talk, meter] = [capture.need("talk"), capture.need("meter")];
  expect(waiting).toHaveLength(1);
  await grant();
  expect([await talk, await meter].map(({ ok }) => ok)).toEqual([true, true]);
  capture.drop("talk");
  expect(made[0]?.stopped).toBe(false);
  capture.drop("meter");
  expect([made[0]?.stopped, capture.opened]).toEqual([true, undefined]);
});

test("one that is granted after nobody needs it any more does not listen", async () => {
  const { capture, made, names, grant } = bench();
  void capture.need("talk");
  capture.drop("talk");
  await grant();
  expect([made[0]?.stopped, capture.opened, names]).toEqual([true, undefined, []]);
});

test("another device takes over at once, and the one before lets go", async () => {
  const { capture, made, names, grant } = bench();
  void capture.need("talk");
  await grant();
  void capture.choose("headphones");
  await grant();
  expect(made.map(({ device, stopped }) => [device, stopped])).toEqual([["", true], ["headphones", false]]);
  expect(names).toEqual(["", undefined, "headphones"]);
});

test("a device that is chosen while another one is being opened is the one that opens", async () => {
  const { capture, made, names, grant } = bench();
  const talk = capture.need("talk");
  void capture.choose("headphones");
  await grant();
  await grant();
  expect((await talk).ok).toBe(true);
  expect(made.map(({ device, stopped }) => [device, stopped])).toEqual([["", true], ["headphones", false]]);
  expect(names).toEqual(["headphones"]);
});

test("one that is unplugged is opened anew, with whatever there is", async () => {
  const { capture, made, names, grant } = bench();
  void capture.need("talk");
  await grant();
  made[0]?.unplug();
  await grant();
  expect([capture.opened, names]).toEqual([made[1]?.opened, ["", undefined, ""]]);
});

test("where none comes in its place that is told, and nothing listens", async () => {
  const { capture, made, lost, grant } = bench();
  void capture.need("talk");
  await grant();
  made[0]?.unplug();
  await grant({ ok: false, denial: "missing" });
  expect([capture.opened, lost.count]).toEqual([undefined, 1]);
});

test("a denial is told to whoever asked, and asked for again next time", async () => {
  const { capture, waiting, grant } = bench();
  const talk = capture.need("talk");
  await grant({ ok: false, denial: "denied" });
  expect(await talk).toEqual({ ok: false, denial: "denied" });
  void capture.need("talk");
  expect(waiting).toHaveLength(1);
});
