import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { isLoopback } from "../../../lib/beat/loopback.ts";
import { freePort } from "../../../tools/local/environment/ports.ts";
import { node24 } from "../../../tools/node/node-24.ts";
import { createFolder } from "../processes/checkout.ts";
import { eventually } from "../processes/eventually.ts";
import { Program, run } from "../processes/program.ts";
import { rawRequest } from "../processes/raw-request.ts";

const UP_WITHIN = 30_000;
const DOWN_WITHIN = 10_000;

/** The AWS settings of every client in these tests: the URL of the emulator and an account that exists only there. */
export const clientEnvironment = (url: string): Record<string, string> => {
  if (!isLoopback(url)) throw new Error(`${url} is not on this machine: tests deploy only to a loopback URL`);
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "000000000000",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    SLS_AWS_MONITORING_FREQUENCY: "200", // ms between two polls of a deployment
  };
};

/**
 * An emulated AWS on this machine (MiniStack), which is empty when it starts. It runs the deployed packages on Node 24 and
 * enforces the permissions of their roles.
 */
export class EmulatedAws {
  readonly url: string;
  /** The folder of its state by service, which it writes when it stops. */
  readonly stateFolder: string;
  private readonly program: Program;
  private readonly home: string;

  constructor(bin: string, node: string, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.home = createFolder();
    this.stateFolder = join(this.home, "state");
    const temp = join(this.home, "tmp");
    mkdirSync(temp);
    this.program = new Program([join(bin, "ministack")], {
      folder: this.home,
      env: {
        PATH: [dirname(node), process.env["PATH"]].join(":"),
        HOME: this.home,
        TMPDIR: temp,
        BIND_HOST: "127.0.0.1",
        MINISTACK_HOST: "127.0.0.1",
        GATEWAY_PORT: String(port),
        AUTH: "true",
        AWS_ACCESS_KEY_ID: "000000000000",
        AWS_SECRET_ACCESS_KEY: "test",
        LAMBDA_EXECUTOR: "local",
        // AWS retries a failed event after 1 and 2 minutes.
        LAMBDA_ASYNC_RETRY_BASE_SECONDS: "0.2",
        PERSIST_STATE: "1",
        STATE_DIR: this.stateFolder,
      },
    });
  }

  async ready(): Promise<this> {
    const isUp = () =>
      fetch(`${this.url}/_ministack/ready`, { signal: AbortSignal.timeout(2_000) }).then(
        (reply) => reply.ok,
        () => false,
      );
    if (await eventually(isUp, UP_WITHIN)) return this;
    throw new Error(`the emulated AWS did not start; its output:\n${this.program.output()}`);
  }

  readonly credentials = { accessKeyId: "000000000000", secretAccessKey: "test" };

  get environment(): Record<string, string> {
    return { ...clientEnvironment(this.url), HOME: this.home, TMPDIR: join(this.home, "tmp") };
  }

  /** Runs a command of this project against this AWS, as a user would. */
  run(folder: string, ...command: string[]) {
    return run(command, { folder, env: this.environment });
  }

  sls(folder: string, ...args: string[]) {
    return this.run(folder, "node_modules/.bin/sls", ...args);
  }

  /** Runs sls. @throws Error with the output if the command fails */
  async slsOrThrow(folder: string, ...args: string[]) {
    const result = await this.sls(folder, ...args);
    if (result.code !== 0) throw new Error(`sls ${args.join(" ")} failed:\n${result.output}`);
    return result;
  }

  /** Starts sls without waiting for its end. */
  launchSls(folder: string, ...args: string[]): Program {
    return new Program(["node_modules/.bin/sls", ...args], { folder, env: this.environment });
  }

  /** The HTTP API of a stack. */
  async openApi(folder: string, ...args: string[]) {
    const { output } = await this.slsOrThrow(folder, "info", "--verbose", ...args);
    const id = /HttpApiId: (\w+)/.exec(output)?.[1];
    if (id === undefined) throw new Error(`no HttpApiId in:\n${output}`);
    const base = `${this.url}/_aws/execute-api/${id}/$default`;
    return {
      url: base,
      request: (method: string, path: string, headers: Record<string, string> = {}) =>
        rawRequest(method, `${base}${path}`, headers),
      async text(path: string): Promise<string> {
        return (await rawRequest("GET", `${base}${path}`)).body.toString();
      },
    };
  }

  /** Stops the emulator and its functions. Returns the processes that are still running. */
  async stop(): Promise<string[]> {
    if (this.program.processes().length > 0) this.program.signal("SIGINT", "process");
    await this.program.ended(DOWN_WITHIN);
    await eventually(() => this.program.processes().length === 0, DOWN_WITHIN);
    return this.program.processes().map(({ command }) => command);
  }
}

/** Starts an empty emulator. `bin` is the folder of MiniStack's command. */
export const startEmulatedAws = async (bin: string): Promise<EmulatedAws> =>
  new EmulatedAws(bin, await node24(), await freePort()).ready();
