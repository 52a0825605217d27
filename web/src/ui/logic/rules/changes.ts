/** Lists of a rule's parts, changed one at a time. Pure. */

/** The list with one part replaced, or without it. */
export function withItem<T>(list: readonly T[], index: number, item: T | undefined): readonly T[] {
  return item === undefined ? list.toSpliced(index, 1) : list.toSpliced(index, 1, item);
}

/** The list with one part moved so many places on; at the ends it stays as it is. */
export function moved<T>(list: readonly T[], index: number, by: number): readonly T[] {
  const to = index + by;
  const item = list[index];
  if (item === undefined || to < 0 || to >= list.length) return list;
  return list.toSpliced(index, 1).toSpliced(to, 0, item);
}
