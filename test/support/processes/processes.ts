import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Process {
  pid: number;
  command: string;
}

const hasProc = existsSync("/proc/self/environ");

/** The running processes with `mark` (`NAME=value`) in their environment, whatever their process group. */
export const processesWith = (mark: string): Process[] =>
  hasProc
    ? pids()
        .filter((pid) => read(pid, "environ").split("\0").includes(mark))
        .map(toProcess)
    : psWith(mark);

/** The pid of `among` that listens on `port`. */
export const listenerOn = (port: number, among: Process[]): number | undefined => {
  if (!hasProc) return Number(quietly("lsof", ["-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"])) || undefined;
  const sockets = listeningSockets(port);
  return among.find(({ pid }) => openFiles(pid).some((file) => sockets.includes(file)))?.pid;
};

/** The memory of a process, in MB. */
export const memoryOf = (pid: number): number => {
  const kilobytes = hasProc
    ? /^VmRSS:\s+(\d+)/m.exec(read(pid, "status"))?.[1]
    : quietly("ps", ["-o", "rss=", "-p", String(pid)]);
  return Math.round(Number(kilobytes) / 1_024);
};

const pids = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const toProcess = (pid: number): Process => ({
  pid,
  command: read(pid, "cmdline").replaceAll("\0", " "),
});

/** Empty for a process that has ended, and for a zombie. */
const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
};

const openFiles = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return "";
      }
    });
  } catch {
    return [];
  }
};

const LISTENING = "0A";
const listeningSockets = (port: number): string[] =>
  ["/proc/net/tcp", "/proc/net/tcp6"]
    .filter((table) => existsSync(table))
    .flatMap((table) => readFileSync(table, "utf8").split("\n").slice(1))
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTENING && parseInt(local?.split(":")[1] ?? "", 16) === port)
    .map((row) => `socket:[${row[9]}]`);

const psWith = (mark: string): Process[] =>
  quietly("ps", ["-axEww", "-o", "pid=,command="])
    .split("\n")
    .filter((line) => line.includes(mark))
    .map((line) => ({ pid: parseInt(line, 10), command: line.trim() }));

const quietly = (command: string, args: string[]): string => {
  try {
    return execFileSync(command, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  } catch {
    return "";
  }
};
