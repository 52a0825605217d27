/**
 * Puts what one step of the page needs into one file.
 *
 * Knows modules by who imports whom only.
 */
import { resolve } from "node:path";

/** What a bundler tells of a module. */
interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/**
 * Names the file of modules that `later` needs at its start and `first` does not; none for all others. Throws when `first` needs a
 * module that is `kept` for later: one careless import would make everybody wait for it.
 */
export function together(first: string, later: string, name: string, kept: RegExp): (id: string, modules: Modules) => string | null {
  let wanted: ReadonlySet<string> | undefined;
  const wantedOf = (modules: Modules): ReadonlySet<string> => {
    const before = needed(first, modules);
    const careless = [...before].find((id) => kept.test(id));
    if (careless !== undefined) throw new Error(`${first} must not import ${careless}: it is for ${later}`);
    return difference(needed(later, modules), new Set([...before, resolve(later)]));
  };
  return (id, modules) => {
    wanted ??= wantedOf(modules);
    return wanted.has(id) ? name : null;
  };
}

/** Names the file of modules that `first` needs at its start and `other` does not, so that what comes later splits nothing off from it. */
export function whole(first: string, other: string, name: string): (id: string, modules: Modules) => string | null {
  let wanted: ReadonlySet<string> | undefined;
  return (id, modules) => {
    wanted ??= difference(needed(first, modules), needed(other, modules));
    return wanted.has(id) ? name : null;
  };
}

function difference(all: ReadonlySet<string>, without: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...all].filter((id) => !without.has(id)));
}

/** A module and all that it imports before it runs. */
function needed(entry: string, modules: Modules): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [resolve(entry)];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    queue.push(...(modules.getModuleInfo(id)?.importedIds ?? []));
  }
  return seen;
}
