/** Says when the picture is not as it was: something of the room, somebody, the visitor's own hand. Else it rests. */
import { AVATAR_ROW } from "../core/generated";
import { LastSeen } from "../scene/rest";
import type { Context } from "./context";

/** What a visitor does may light something up or open something. */
const DOINGS = ["pointerdown", "pointermove", "pointerup", "wheel", "keydown", "keyup"] as const;

export function rest({ core, stage, clock, onFrame }: Context): () => void {
  const [people, hands] = [new LastSeen(), new LastSeen()];
  const stir = () => stage.stir();
  const how = { capture: true, passive: true } as const;
  for (const doing of DOINGS) window.addEventListener(doing, stir, how);
  onFrame(() => {
    if (clock.changes.length > 0 || core.dirty().length > 0) stir();
    // How old a pose is changes nothing that is seen.
    if (people.differs(core.avatars(), AVATAR_ROW.floats, AVATAR_ROW.age_ms)) stir();
    if (hands.differs(core.hands())) stir();
  });
  return () => {
    for (const doing of DOINGS) window.removeEventListener(doing, stir, how);
  };
}
