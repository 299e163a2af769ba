import { eventually } from "./eventually.ts";
import { freePort, isOpen } from "./ports.ts";
import { listenerOn } from "./processes.ts";
import { Program } from "./program.ts";

export interface ServiceOptions {
  /** The checkout in which it runs. */
  folder: string;
  /** The command, to which more arguments can be appended. */
  command?: readonly string[];
  /** Whether the schedule runs. Tests that check exact counts turn it off. */
  schedule?: boolean;
  env?: Record<string, string>;
}

export const SLS_OFFLINE = ["node_modules/.bin/sls", "offline"];
export const NPM_START = ["npm", "start", "--"];

const READY_WITHIN = 60_000;
/** The time limit for a stop. */
const STOPPED_WITHIN = 5_000;
const ANSWER_WITHIN = 30_000;

/** A real `sls offline` on free ports. */
export class Service {
  readonly program: Program;
  readonly url: string;
  readonly port: number;
  readonly lambdaPort: number;

  constructor(port: number, lambdaPort: number, options: ServiceOptions) {
    const { folder, command = SLS_OFFLINE, schedule = false, env = {} } = options;
    this.port = port;
    this.lambdaPort = lambdaPort;
    this.url = `http://localhost:${port}`;
    this.program = new Program([...command, ...(schedule ? [] : ["--param=schedule=false"])], {
      folder,
      env: { PORT: String(port), LAMBDA_PORT: String(lambdaPort), ...env },
    });
  }

  async ready(): Promise<this> {
    await this.program.waitForLine(new RegExp(`^ready on port ${this.port}$`), READY_WITHIN);
    return this;
  }

  /** The environment in which npm scripts and other commands find it. */
  get env(): { PORT: string; LAMBDA_PORT: string } {
    return { PORT: String(this.port), LAMBDA_PORT: String(this.lambdaPort) };
  }

  /** Delivers an event to the function heartbeat, as the schedule does. Returns the reply. */
  deliver(event: unknown): Promise<unknown> {
    return this.invoke("heartbeat", event);
  }

  /** Invokes a function, as `sls invoke` does. Returns the reply. */
  async invoke(name: string, event: unknown): Promise<unknown> {
    const reply = await fetch(
      `http://localhost:${this.lambdaPort}/2015-03-31/functions/heartbeat-dev-${name}/invocations`,
      {
        method: "POST",
        headers: { "x-amz-invocation-type": "RequestResponse" },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      },
    );
    return reply.json();
  }

  async request(method: string, path: string, headers: Record<string, string> = {}) {
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    const reply = await fetch(`${this.url}${path}`, { method, headers, signal });
    return { status: reply.status, headers: reply.headers, body: Buffer.from(await reply.arrayBuffer()) };
  }

  /** The total that /beats returns. */
  async count(): Promise<number> {
    return JSON.parse((await this.request("GET", "/beats")).body.toString()).payload;
  }

  /** The URL of its database, from its output. */
  get databaseUrl(): string {
    const urls = this.program.output().match(/https?:\/\/127\.0\.0\.1:\d+/g) ?? [];
    const url = urls.find((candidate) => !Object.values(this.env).includes(new URL(candidate).port));
    if (url === undefined) throw new Error(`no database URL in:\n${this.program.output()}`);
    return url;
  }

  get databasePid(): number {
    const pid = listenerOn(Number(new URL(this.databaseUrl).port), this.program.processes());
    if (pid === undefined) throw new Error(`no process of this service listens at ${this.databaseUrl}`);
    return pid;
  }

  async killDatabase(): Promise<void> {
    process.kill(this.databasePid, "SIGKILL");
    const port = Number(new URL(this.databaseUrl).port);
    if (!(await eventually(async () => !(await isOpen(port)), 5_000)))
      throw new Error(`port ${port} is open`);
  }

  /** Signals it. Returns its exit code and whatever is still running or open after the time limit for a stop. */
  async stop(name: NodeJS.Signals = "SIGINT", to: "process" | "group" = "process") {
    const end = Date.now() + STOPPED_WITHIN;
    this.program.signal(name, to);
    const code = await this.program.ended(STOPPED_WITHIN);
    await eventually(async () => (await this.left()).length === 0, end - Date.now());
    return { code, left: await this.left() };
  }

  /** Its running processes and open ports. */
  async left(): Promise<string[]> {
    const processes = this.program
      .processes()
      .map(({ pid, command }) => `process ${pid}: ${command.slice(0, 120)}`);
    const urls = this.program.output().match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
    const ports = new Set([this.port, this.lambdaPort, ...urls.map((url) => Number(new URL(url).port))]);
    const open = await Promise.all(
      [...ports].map(async (port) => ((await isOpen(port)) ? [`port ${port}`] : [])),
    );
    return [...processes, ...open.flat()];
  }
}

/** Starts the service without waiting until it is ready. */
export const launchService = async (options: ServiceOptions): Promise<Service> =>
  new Service(await freePort(), await freePort(), options);

/** Starts the service. If another program takes one of its ports first, starts it again on other ports. */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  for (let attempt = 1; ; attempt++) {
    const service = await launchService(options);
    try {
      return await service.ready();
    } catch (error) {
      if (attempt === 3 || !/^port \d+ is in use: /m.test(service.program.output())) throw error;
    }
  }
};
