import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface Process {
  pid: number;
  parent: number;
  /** Resident memory; pages shared by two processes count in both. */
  bytes: number;
}

/**
 * `root` and everything that it started, however deep. Empty when it is gone.
 * Read from /proc on Linux, from `ps` elsewhere.
 */
export const processTree = (root: number): Process[] => {
  const all = process.platform === "linux" ? fromProc() : fromPs();
  const tree = all.filter(({ pid }) => pid === root);
  // It grows while it is walked: each process found is asked for its children.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
};

const fromProc = (): Process[] =>
  readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const numberIn = (field: RegExp) => Number(field.exec(status)?.[1] ?? 0); // A zombie has no memory.
      const bytes = numberIn(/^VmRSS:\s+(\d+) kB$/m) * 1024;
      return [{ pid: Number(name), parent: numberIn(/^PPid:\s+(\d+)$/m), bytes }];
    } catch {
      return []; // It ended meanwhile.
    }
  });

const fromPs = (): Process[] =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => {
      const [pid = 0, parent = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, bytes: kilobytes * 1024 };
    });
