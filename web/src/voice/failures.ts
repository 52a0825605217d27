/** Why no voices come, and what a person can do about it. Pure words. */

export interface Failure {
  readonly why: string;
  readonly advice: string;
  /** Whether trying again by itself may help. */
  readonly again: boolean;
}

/** The connection was agreed on, and nothing came through; `waits_at` is what a network would have to let through, any of it. */
export function noWay(waits_at: string | undefined): Failure {
  const open = waits_at === undefined ? "to allow UDP to this server" : `to allow ${waits_at}`;
  return {
    why: "Your network lets no voices through.",
    advice: `Try another network, such as your phone's, or ask whoever runs this one ${open}.`,
    again: true,
  };
}

export const NO_WEBRTC: Failure = {
  why: "This browser carries no voices.",
  advice: "It has no WebRTC, or it is switched off. Try another browser.",
  again: false,
};

/** What the server's refusal means to a visitor; undefined for one that only says that we are not there. */
export function refusedBy(reason: string, detail: string): Failure | undefined {
  switch (reason) {
    case "left":
    case "not_entered":
    case "not_joined":
      return undefined;
    // A server of before there were voices.
    case "unknown_event":
    case "voice_off":
      return { why: "There are no voices here.", advice: "Whoever runs this server has not turned them on. You can write in the chat.", again: false };
    case "voice_full":
      return { why: "No more people can hear each other on this server now.", advice: "It is tried again by itself. You can write in the chat meanwhile.", again: true };
    case "rate_limited":
    case "too_many_commands":
      return { why: "Voices were asked for too often.", advice: "It is tried again in a moment.", again: true };
    case "bad_offer":
    case "offer_too_large":
      return { why: "This browser and the server do not agree on how voices travel.", advice: "Reload the page; if that does not help, try another browser.", again: false };
    default:
      return { why: detail === "" ? "The server refused to carry voices." : detail, advice: "It is tried again by itself.", again: true };
  }
}
