/** Sends everything that waits, once a frame, after everyone has had their say. */
import type { Context } from "./context";

export function transmit({ session, onFrame }: Context): () => void {
  onFrame(() => session.transmit());
  return () => undefined;
}
