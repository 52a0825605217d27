/** Which drawers are offered to whom. Pure. */
import { type Permission, type Rights, can } from "../../core/rights";
import type { DrawerKind } from "../shell.svelte";

interface Need {
  /** One of these is enough. */
  readonly permissions: readonly Permission[];
  /** Only for those who are inside with an avatar. */
  readonly inside: boolean;
}

const NEEDS: { readonly [drawer in DrawerKind]?: Need } = {
  build: { permissions: ["build"], inside: true },
  snapshots: { permissions: ["save"], inside: false },
  room: { permissions: ["build", "govern"], inside: true },
};

/** Whether a drawer may stand open: what one may not do is not shown. */
export function isOffered(drawer: DrawerKind, rights: Rights, observing: boolean): boolean {
  const need = NEEDS[drawer];
  if (need === undefined) return true;
  return need.permissions.some((permission) => can(rights, permission)) && !(need.inside && observing);
}
