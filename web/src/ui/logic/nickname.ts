/** What a nickname may be, in the words shown beside its field. Pure; the room checks again. */
import { NICKNAME_CHARS_MAX } from "../../core/generated";
import { characterCount, isSeen } from "../../core/writing";

/** The error of a nickname, or null when it is fine. */
export function nicknameError(text: string): string | null {
  const length = characterCount(text);
  if (!isSeen(text)) return "Choose a name so that others know who you are.";
  if (length > NICKNAME_CHARS_MAX) return `At most ${NICKNAME_CHARS_MAX} characters; this has ${length}.`;
  return null;
}
