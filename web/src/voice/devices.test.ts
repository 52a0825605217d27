import { expect, test } from "vitest";
import { type Devices, listDevices, openMicrophone } from "./devices";

function failing(name: string): Error {
  return Object.assign(new Error(name), { name });
}

/** A browser with these microphones, by id; each has its name. */
function browser(microphones: { readonly [id: string]: string }, refusal?: string) {
  const asked: MediaTrackConstraints[] = [];
  const devices = {
    getUserMedia: async ({ audio }: { readonly audio: MediaTrackConstraints }) => {
      asked.push(audio);
      if (refusal !== undefined) throw failing(refusal);
      const wanted = (audio.deviceId as { readonly exact: string } | undefined)?.exact;
      const label = wanted === undefined ? Object.values(microphones)[0] : microphones[wanted];
      if (label === undefined) throw failing(wanted === undefined ? "NotFoundError" : "OverconstrainedError");
      return { getAudioTracks: () => [{ label }] };
    },
    enumerateDevices: async () => [
      { kind: "audioinput", deviceId: "default", label: "Default" },
      ...Object.entries(microphones).map(([deviceId, label]) => ({ kind: "audioinput", deviceId, label })),
      { kind: "audiooutput", deviceId: "o1", label: "Loudspeaker" },
      { kind: "videoinput", deviceId: "v1", label: "Camera" },
    ],
  } as unknown as Devices;
  return { devices, asked };
}

test("a voice is asked for without echo, noise and jumps in loudness", async () => {
  const { devices, asked } = browser({ m1: "Built in" });
  expect(await openMicrophone(devices, "")).toMatchObject({ ok: true, opened: { name: "Built in", fell_back: false } });
  expect(asked).toEqual([{ echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }]);
});

test("the chosen microphone is taken, and while it is gone the usual one, which is said", async () => {
  const { devices } = browser({ m1: "Built in", m2: "Headset" });
  expect(await openMicrophone(devices, "m2")).toMatchObject({ opened: { name: "Headset", fell_back: false } });
  expect(await openMicrophone(devices, "m3")).toMatchObject({ opened: { name: "Built in", fell_back: true } });
});

test("a refusal is told apart from a microphone that is missing, taken, or not offered to such a page", async () => {
  const denial = async (devices: Devices, device = "") => {
    const outcome = await openMicrophone(devices, device);
    return outcome.ok ? "granted" : outcome.denial;
  };
  expect(await denial(browser({ m1: "Built in" }, "NotAllowedError").devices, "m1")).toBe("denied");
  expect(await denial(browser({ m1: "Built in" }, "NotReadableError").devices)).toBe("busy");
  expect(await denial(browser({}).devices)).toBe("missing");
  expect(await denial(browser({}).devices, "m1")).toBe("missing");
  expect(await denial(undefined)).toBe("insecure");
});

test("devices are listed by kind and name, outputs only where one may choose, nameless ones not at all", async () => {
  const { devices } = browser({ m1: "Built in", m2: "" });
  expect(await listDevices(devices, true)).toEqual({ microphones: [{ id: "m1", name: "Built in" }], outputs: [{ id: "o1", name: "Loudspeaker" }] });
  expect((await listDevices(devices, false)).outputs).toEqual([]);
  expect(await listDevices(undefined, true)).toEqual({ microphones: [], outputs: [] });
});
