/** The microphone's button of a headset: the lower one of the left controller, whichever hand points. */
import type { HeadsetContext } from "./frame";

export function talking({ app, stage, onFrame }: HeadsetContext): () => void {
  const { left } = stage.rig;
  // Held down when the headset is put on, the button means something else.
  let before = true;
  let held = false;
  onFrame(() => {
    const now = left.lower_pressed;
    if (now === before) return;
    before = now;
    const { push_to_talk } = app.preferences.settings$.value.sound;
    // What was begun by holding ends with it, whatever the settings say by then.
    if (now) held = push_to_talk;
    app.voice.button(now, held);
  });
  return () => {
    if (held && before) app.voice.button(false, true);
  };
}
