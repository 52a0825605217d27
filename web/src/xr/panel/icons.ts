/** The icons of panels: those of the page and what only panels need, on the same grid. Owns paths only. */
import { ICON_PATHS, type IconName } from "../../ui/parts/icon_paths";

const OWN = {
  shift: "M12 4 4.5 12H8.5v7h7v-7h4L12 4Z",
  capitals: "M12 3 4.5 11H8.5v5h7v-5h4L12 3ZM8.5 20h7",
  backspace: "M8.5 5.5h11A1.5 1.5 0 0 1 21 7v10a1.5 1.5 0 0 1-1.5 1.5h-11L2.5 12l6-6.5ZM11 9.2l5.6 5.6M16.6 9.2 11 14.8",
  undo: "M8.5 4.5 4 9l4.5 4.5M4.4 9H14a5.5 5.5 0 0 1 0 11H9.5",
  wall: "M4 4.5h16v12H4v-12ZM7.5 8.5h9M7.5 12.5h6M8 20h8M12 16.5V20",
  down: "m5.5 9 6.5 6.5L18.5 9",
  ascend: "m5.5 15 6.5-6.5 6.5 6.5",
} as const;

export type PanelIcon = IconName | keyof typeof OWN;

export const PANEL_ICON_PATHS: { readonly [icon in PanelIcon]: string } = { ...ICON_PATHS, ...OWN };
