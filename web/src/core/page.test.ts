import { afterEach, describe, expect, test, vi } from "vitest";
import { PAGE_MAX_MS, freshToken, socketAddress, tokenOfFragment } from "./page";

const claims = btoa(JSON.stringify({ sub: "abcdefghij0123456789", aud: "socket" })).replace(/=/g, "");

/** The room's page as the server would send it, read without a browser. */
function servePage(token: string, status = 200): void {
  const content = (selector: string) => (selector.includes("user-token") ? { content: token } : null);
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>", { status })));
  vi.stubGlobal("DOMParser", class { parseFromString = () => ({ querySelector: content }); });
}

describe("a fresh token", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("is taken when it is for the same person", async () => {
    servePage(`head.${claims}.new`);
    expect(await freshToken("k3XbZ", "abcdefghij0123456789")).toEqual({ kind: "token", token: `head.${claims}.new` });
  });

  test("is not taken when the page is somebody else's", async () => {
    servePage(`head.${claims}.new`);
    expect(await freshToken("k3XbZ", "zzzzzzzzzz0123456789")).toEqual({ kind: "stranger" });
  });

  test("is not waited for without end where the network swallows the question", async () => {
    const given_up = new AbortController();
    const patience = vi.spyOn(AbortSignal, "timeout").mockReturnValue(given_up.signal);
    vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) => {
      return new Promise((_, fail) => signal.addEventListener("abort", () => fail(new Error("given up"))));
    });
    const token = freshToken("k3XbZ", "abcdefghij0123456789");
    expect(patience).toHaveBeenCalledWith(PAGE_MAX_MS);
    given_up.abort();
    expect(await token).toEqual({ kind: "unreachable" });
    patience.mockRestore();
  });

  test("does not come from a room that is gone", async () => {
    servePage("", 404);
    expect(await freshToken("k3XbZ", "abcdefghij0123456789")).toEqual({ kind: "gone" });
  });
});

describe("the room page", () => {
  test("an embedding page hands a visitor over in the fragment", () => {
    const token = `head.${claims}.signature`;
    expect(tokenOfFragment(`#token=${token}`)).toEqual({ token, user_id: "abcdefghij0123456789" });
  });

  test.each(["", "#", "#token=", "#token=abc", "#token=a.b.c", `#token=a.${btoa("5")}.c`])(
    "the fragment '%s' hands nobody over",
    (hash) => expect(tokenOfFragment(hash)).toBeUndefined(),
  );

  test("the socket is as secret as the page", () => {
    const page = { room: { id: "a", name: "", description: "", link: "" }, user_id: "", socket_url: "/socket", token: "" };
    const address = socketAddress(page, "t", { href: "https://example.org/rooms/a" } as Location);
    expect(address).toBe("wss://example.org/socket/websocket?vsn=2.0.0&token=t");
  });
});
