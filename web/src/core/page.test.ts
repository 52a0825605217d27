import { describe, expect, test } from "vitest";
import { socketAddress, tokenOfFragment } from "./page";

const claims = btoa(JSON.stringify({ sub: "abcdefghij0123456789", aud: "socket" })).replace(/=/g, "");

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
