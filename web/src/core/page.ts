/**
 * What the server wrote into the page: the room, who we are, the socket and its token. Knows no core and no scene.
 */

export interface Page {
  readonly room: { readonly id: string; readonly name: string; readonly description: string; readonly link: string };
  readonly user_id: string;
  /** Path or address of the sockets, without the transport's name. */
  readonly socket_url: string;
  readonly token: string;
}

/** Reads the page's metas; throws an error that names the one that is missing. */
export function readPage(page: Document, location: Location): Page {
  const id = meta(page, "room-id");
  const given = tokenOfFragment(location.hash);
  return {
    room: {
      id,
      name: meta(page, "room-name"),
      description: meta(page, "room-description"),
      link: `${location.origin}/r/${id}`,
    },
    user_id: given?.user_id ?? meta(page, "user-id"),
    socket_url: meta(page, "socket-url"),
    token: given?.token ?? meta(page, "user-token"),
  };
}

/**
 * The visitor that an embedding page hands over as `#token=…`, since cookies are absent in foreign frames. The server
 * checks the token; here it is only read for whose it is.
 */
export function tokenOfFragment(hash: string): { readonly token: string; readonly user_id: string } | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("token");
  const user_id = token === null ? undefined : userOfToken(token);
  return token === null || user_id === undefined ? undefined : { token, user_id };
}

/** Whose a token is; undefined when it is no token. */
function userOfToken(token: string): string | undefined {
  const claims = token.split(".")[1];
  if (claims === undefined) return undefined;
  try {
    const { sub } = JSON.parse(atob(claims.replace(/-/g, "+").replace(/_/g, "/"))) as { readonly sub?: unknown };
    return typeof sub === "string" ? sub : undefined;
  } catch {
    return undefined;
  }
}

/** A page's meta by name. */
export function meta(page: Document, name: string): string {
  const value = page.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
  if (value === undefined) throw new Error(`the page has no <meta name="${name}">`);
  return value;
}

/** The address of the socket, `ws:` or `wss:` as the page itself. */
export function socketAddress(page: Page, token: string, location: Location): string {
  const address = new URL(`${page.socket_url}/websocket`, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("vsn", "2.0.0");
  address.searchParams.set("token", token);
  return address.href;
}

/** `stranger`: the page is there, but for somebody else, as in a foreign frame without cookies. */
export type FreshToken =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "gone" | "unreachable" | "stranger" };

/** A page that has not come after so long never will, milliseconds: networks swallow what they do not like. */
export const PAGE_MAX_MS = 10_000;

/** Asks the server for the room's page again and takes the new token out of it: tokens live for a day, tabs longer. */
export async function freshToken(room_id: string, user_id: string): Promise<FreshToken> {
  try {
    const answer = await fetch(`/rooms/${room_id}`, {
      headers: { accept: "text/html" },
      cache: "no-store",
      signal: AbortSignal.timeout(PAGE_MAX_MS),
    });
    if (answer.status === 404 || answer.status === 410) return { kind: "gone" };
    if (!answer.ok) return { kind: "unreachable" };
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = meta(page, "user-token");
    return userOfToken(token) === user_id ? { kind: "token", token } : { kind: "stranger" };
  } catch {
    return { kind: "unreachable" };
  }
}
