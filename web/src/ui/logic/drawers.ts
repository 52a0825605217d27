/** Which drawers are offered to whom. Pure. */
import { type Permission, type Rights, can } from "../../core/rights";
import type { DrawerKind } from "../shell.svelte";

interface Need {
  readonly permission: Permission;
  /** Only for those who are inside with an avatar. */
  readonly inside: boolean;
}

const NEEDS: { readonly [drawer in DrawerKind]?: Need } = {
  build: { permission: "build", inside: true },
  snapshots: { permission: "save", inside: false },
  room: { permission: "govern", inside: true },
};

/** Whether a drawer may stand open: what one may not do is not shown. */
export function isOffered(drawer: DrawerKind, rights: Rights, observing: boolean): boolean {
  const need = NEEDS[drawer];
  return need === undefined || (can(rights, need.permission) && !(need.inside && observing));
}
