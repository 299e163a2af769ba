import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import { eventually } from "./eventually.ts";
import { type Process, processesWith } from "./processes.ts";

export interface ProgramOptions {
  /** The working directory. */
  folder: string;
  /** Environment variables. Beside these the program gets only the few that every program needs. */
  env?: Record<string, string>;
}

const PASSED_ON = ["PATH", "HOME", "JAVA_HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME"];
const running = new Set<Program>();

/** A child process in its own process group, and all processes that it starts, which a mark in the environment identifies. */
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
    // Output can follow the exit. An output that never closes belongs to a process that is still running.
    this.child.once("exit", (code) => setTimeout(end, 500, code).unref());
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`the program did not start: ${this.text}`);
    return this.child.pid;
  }

  output(): string {
    return this.text;
  }

  /** Its output on standard error. */
  stderr(): string {
    return this.errors;
  }

  /** The lines of its output, without empty lines. */
  lines(): string[] {
    return this.text.split("\n").filter((line) => line.trim() !== "");
  }

  /** Waits for a line that matches, including lines already printed. @throws Error with the whole output */
  async waitForLine(pattern: RegExp, deadline: number): Promise<string> {
    const find = () => this.lines().find((line) => pattern.test(line));
    await this.waitFor(() => find() !== undefined || this.outcome !== undefined, deadline);
    const line = find();
    if (line !== undefined) return line;
    const how = this.outcome ? `ended with code ${this.outcome.code}` : `took over ${deadline} ms`;
    throw new Error(`no line ${pattern}, ${how}; the output:\n${this.text}`);
  }

  /** Waits for its exit code, which is null after a signal. @throws Error with the whole output if it is still running */
  async ended(deadline: number): Promise<number | null> {
    await this.waitFor(() => this.outcome !== undefined, deadline);
    if (this.outcome) return this.outcome.code;
    throw new Error(`still running after ${deadline} ms; the output:\n${this.text}`);
  }

  /** The running processes that it started, and itself while it runs. */
  processes(): Process[] {
    return processesWith(this.mark);
  }

  /** The processes that are still running after the time limit for a stop. */
  async leftBehind(deadline = 5_000): Promise<Process[]> {
    await eventually(() => this.processes().length === 0, deadline);
    return this.processes();
  }

  /** Sends a signal to the process alone, or to its whole group, as Ctrl+C in a terminal does. */
  signal(name: NodeJS.Signals, to: "process" | "group"): void {
    process.kill(to === "group" ? -this.pid : this.pid, name);
  }

  /** Kills it and all processes that it started. */
  kill(): void {
    for (const { pid } of this.processes()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // The process has already ended.
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
 * Runs a command until it ends. The default deadline kills a command that hangs shortly before the timeout of an e2e
 * test, because the message of a timeout would not contain the output.
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
// Also kills them when the run is aborted.
process.once("exit", killAll);
for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) process.once(event, () => process.exit(1));
