/**
 * Oneself before entering: where on the page one's own figure may be seen, and how far it was turned by hand. Knows
 * neither scene nor screens.
 */
import { BehaviorSubject } from "rxjs";

/** A place on the page, CSS pixels. */
export interface MirrorPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class Mirror {
  /** Null while nothing shows it. */
  readonly place$ = new BehaviorSubject<MirrorPlace | null>(null);
  /** How far the figure was turned by hand, radians. */
  turned_rad = 0;
}
