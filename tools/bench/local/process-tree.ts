import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface Process {
  pid: number;
  parent: number;
  /** Resident memory; pages shared by two processes count in both. */
  bytes: number;
  /** CPU time so far, in ms. */
  cpu: number;
}

/**
 * A process and all its descendants. Empty if it has ended.
 * Read from /proc on Linux, from `ps` elsewhere.
 */
export const processTree = (root: number): Process[] => {
  const all = process.platform === "linux" ? fromProc() : fromPs();
  const tree = all.filter(({ pid }) => pid === root);
  // The list grows during the loop by the children of each process.
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
      // The fields follow the name in parentheses, which can contain anything; in hundredths of a second.
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      const cpu = (Number(fields[11]) + Number(fields[12])) * 10;
      return [{ pid: Number(name), parent: numberIn(/^PPid:\s+(\d+)$/m), bytes, cpu }];
    } catch {
      return []; // It has ended.
    }
  });

const fromPs = (): Process[] =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss=,time="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => {
      const [pid, parent, kilobytes, time = ""] = line.trim().split(/\s+/);
      // For example 1:02.34.
      const cpu = time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
      return { pid: Number(pid), parent: Number(parent), bytes: Number(kilobytes) * 1024, cpu };
    });
