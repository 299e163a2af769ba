import { lstatSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";

/**
 * Calls `changed` with the path of each file or folder below `folder` that is created, saved, replaced or removed. Returns
 * a function that stops this. `names` limits it to these files and folders of `folder` itself. Hidden files are ignored,
 * because editors keep unsaved changes in them.
 *
 * Each folder has its own watch, because a recursive watch of Node.js on Linux misses the later changes of a file that was
 * replaced by renaming another file, as `git checkout` and many editors do.
 */
export const watchFiles = (
  folder: string,
  changed: (path: string) => void,
  names?: readonly string[],
): (() => void) => {
  const isWatched = (name: string) => names?.includes(name) ?? !name.startsWith(".");
  const children = new Map<string, () => void>();
  const watchChild = (name: string) => {
    // A folder can have been replaced by another of the same name.
    children.get(name)?.();
    children.delete(name);
    const path = join(folder, name);
    try {
      if (lstatSync(path).isDirectory()) children.set(name, watchFiles(path, changed));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  };
  const watcher = watch(folder, (_, name) => {
    if (name === null || !isWatched(name)) return;
    watchChild(name);
    changed(join(folder, name));
  });
  // Only now, so that a folder that is created at this moment is not missed.
  for (const name of readdirSync(folder).filter(isWatched)) watchChild(name);
  return () => {
    watcher.close();
    for (const stop of children.values()) stop();
  };
};

/** With ENOTDIR, a file has replaced the folder, and the path is below this file. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
