/** Sharing onto a screen in words. Pure. */
import type { Offer, ShareSource, Sharing } from "../../core/screens";
import type { Hearing } from "../../core/voice";
import type { IconName } from "../parts/icon_paths";

/** What the button says. */
export function shareLabel(sharing: Sharing): string {
  switch (sharing.kind) {
    case "off":
      return "Share";
    case "asking":
      return sharing.source === "camera" ? "Your browser asks for the camera" : "Your browser asks what to share";
    case "on":
      return "Stop sharing";
  }
}

export interface SourceWords {
  readonly source: ShareSource;
  readonly icon: IconName;
  readonly words: string;
  readonly note: string;
}

const SOURCES: readonly SourceWords[] = [
  { source: "display", icon: "screen", words: "Screen or window", note: "Your browser asks which" },
  { source: "camera", icon: "camera", words: "Camera", note: "As others see it, not mirrored" },
];

/** What can be shared: phones' browsers share no screen. */
export function sources(has_display: boolean): readonly SourceWords[] {
  return SOURCES.filter(({ source }) => source !== "display" || has_display);
}

/** Why nothing can be shared now; empty where it can. */
export function whyNot(offer: Offer, hearing: Hearing["kind"]): string {
  switch (offer.kind) {
    case "free":
      return hearing === "connected" ? "" : "What you share goes by the line of voices, and that is not connected. The bars top right say more.";
    case "taken":
      return `${offer.by} shares here.`;
    case "forbidden":
      return offer.sharers === "builders" ? "Only people who may build share onto this screen." : "Only moderators share onto this screen.";
    case "muted":
      return "A moderator muted you: you cannot share.";
    case "far":
      return "The screen is too far away. Go nearer.";
    case "none":
      return offer.may_build ? "This room has no screen. Put one up in Build." : "This room has no screen.";
  }
}
