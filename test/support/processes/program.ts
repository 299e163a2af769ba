import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import { eventually } from "./eventually.ts";
import { type Process, processesWith } from "./processes.ts";

export interface ProgramOptions {
  /** Where it runs. */
  folder: string;
  /** Besides what every program needs; nothing else of the environment reaches it. */
  env?: Record<string, string>;
}

const PASSED_ON = ["PATH", "HOME", "JAVA_HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME"];
const running = new Set<Program>();

/** A child process in a group of its own, and all that it starts, told by a mark in the environment. */
export class Program {
  private readonly child: ChildProcess;
  private readonly mark = `HEARTBEAT_TEST=${randomUUID()}`;
  private text = "";
  private errors = "";
  private outcome: { code: number | null } | undefined;
  private readonly listeners = new Set<() => void>();

  constructor([command = "", ...args]: readonly string[], { folder, env = {} }: ProgramOptions) {
    const passedOn = PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
    const [name = "", value] = this.mark.split("=");
    this.child = spawn(command, args, {
      cwd: folder,
      env: { ...Object.fromEntries(passedOn), ...env, [name]: value },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.happened(() => {
        this.text += text;
      });
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.happened(() => {
        this.text += text;
        this.errors += text;
      });
    });
    this.child.once("error", (error) => this.happened(() => (this.text += `${command}: ${error.message}\n`)));
    const end = (code: number | null) => this.happened(() => (this.outcome ??= { code }));
    this.child.once("close", end);
    // Some output may follow the exit; one that never closes is of a process left behind.
    this.child.once("exit", (code) => setTimeout(end, 500, code).unref());
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`nothing was started: ${this.text}`);
    return this.child.pid;
  }

  output(): string {
    return this.text;
  }

  /** The part of its output that went to standard error. */
  stderr(): string {
    return this.errors;
  }

  /** Its output, without the empty lines. */
  lines(): string[] {
    return this.text.split("\n").filter((line) => line.trim() !== "");
  }

  /** The first line that fits, printed already or still to come. @throws Error with the whole output */
  async waitForLine(pattern: RegExp, deadline: number): Promise<string> {
    const find = () => this.lines().find((line) => pattern.test(line));
    await this.waitFor(() => find() !== undefined || this.outcome !== undefined, deadline);
    const line = find();
    if (line !== undefined) return line;
    const how = this.outcome ? `ended with code ${this.outcome.code}` : `took over ${deadline} ms`;
    throw new Error(`no line ${pattern}, ${how}; the output:\n${this.text}`);
  }

  /** Its exit code; null when a signal ended it. @throws Error with the whole output when it runs on */
  async ended(deadline: number): Promise<number | null> {
    await this.waitFor(() => this.outcome !== undefined, deadline);
    if (this.outcome) return this.outcome.code;
    throw new Error(`it runs still after ${deadline} ms; the output:\n${this.text}`);
  }

  /** The living processes that it started and, while it lives, itself. */
  processes(): Process[] {
    return processesWith(this.mark);
  }

  /** What it started and lives on, when the time is over that a stop may take. */
  async leftBehind(deadline = 5_000): Promise<Process[]> {
    await eventually(() => this.processes().length === 0, deadline);
    return this.processes();
  }

  /** Sends a signal to the process that was started alone, or as a terminal's Ctrl+C to its whole group. */
  signal(name: NodeJS.Signals, to: "process" | "group"): void {
    process.kill(to === "group" ? -this.pid : this.pid, name);
  }

  /** Ends it and all that it started, at once. */
  kill(): void {
    for (const { pid } of this.processes()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended meanwhile.
      }
    }
  }

  private happened(what: () => void): void {
    what();
    for (const listener of this.listeners) listener();
  }

  private async waitFor(done: () => boolean, deadline: number): Promise<void> {
    if (done()) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.listeners.delete(check);
        resolve();
      };
      const check = () => {
        if (done()) finish();
      };
      const timer = setTimeout(finish, deadline);
      this.listeners.add(check);
    });
  }
}

/**
 * Runs a command to its end. The default deadline ends a command that hangs shortly before the timeout of an e2e test,
 * which could not show the output.
 */
export const run = async (command: readonly string[], options: ProgramOptions, deadline = 100_000) => {
  const program = new Program(command, options);
  const code = await program.ended(deadline);
  return {
    code,
    output: program.output(),
    lines: program.lines(),
    stderr: program.stderr(),
    left: await program.leftBehind(),
  };
};

const killAll = () => {
  for (const program of running) program.kill();
};
afterAll(async () => {
  await eventually(() => {
    killAll();
    return [...running].every((program) => program.processes().length === 0);
  }, 5_000);
  running.clear();
});
// Also when the run itself is cut short.
process.once("exit", killAll);
for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) process.once(event, () => process.exit(1));
