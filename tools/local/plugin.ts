import { setTimeout as after } from "node:timers/promises";
import { isLoopback } from "../../lib/beat/loopback.ts";
import { bundle, bundleForInvokeLocal } from "../build/bundle.ts";
import { checkNotifyUrl, checkThresholds, type Parameters } from "../build/parameters.ts";
import { checkInterval, checkSchedule, type EventDefinition } from "../schedule/check.ts";
import { isScheduled, nextRun, toWords } from "../schedule/runs.ts";
import { exitWithError, orExit } from "../user-error.ts";
import { watchClock } from "./clock.ts";
import { type Database, startDatabase } from "./database/database.ts";
import { type DeclaredTable, loadTables, type Service } from "./database/declared-tables.ts";
import { createTables } from "./database/table.ts";
import { endWithParent } from "./environment/end-with-parent.ts";
import { useMadeUpCredentials } from "./environment/made-up-credentials.ts";
import { reachLoopbackDirectly } from "./environment/no-proxy.ts";
import { listenOnAllLoopback, requireFree } from "./environment/ports.ts";
import { openRun, type ServiceNames } from "./environment/run-record.ts";
import { loadSettings, type Settings } from "./environment/settings.ts";
import { onStopSignal } from "./environment/stop-signals.ts";
import { answerAsApiGateway } from "./gateway.ts";
import { hideLines } from "./hide-lines.ts";

/** The parts of the framework that this plugin uses. */
interface Serverless {
  processedInput: { commands: string[]; options: Record<string, unknown> };
  pluginManager: { spawn(command: string): Promise<void> };
  service: Service & {
    custom: {
      "serverless-offline": { httpPort: string; lambdaPort: string };
      checked: Pick<Parameters, "every" | "lateAfter" | "downAfter" | "notifyUrl">;
      interval: { expression: string };
    };
    functions: Record<string, FunctionDefinition>;
  };
}

type FunctionEvent = EventDefinition & { httpApi?: string | { method: string; path: string } };

interface FunctionDefinition {
  name: string;
  environment?: Record<string, unknown>;
  events: FunctionEvent[];
}

/** Such as `GET /ping`; undefined for an event that is no route. */
const routeKeyOf = ({ httpApi: route }: FunctionEvent): string | undefined =>
  typeof route === "object" ? `${route.method} ${route.path}` : route;

/** The routes that the summary of a start names. */
const SHOWN_ROUTES = [
  ["ping    ", "/ping"],
  ["beats   ", "/beats"],
  ["status  ", "/status"],
  ["page    ", "/"],
  ["health  ", "/health"],
  ["and more", "/openapi.json"],
] as const;

/** serverless-offline waits 5 s for open requests, such as an invocation whose job still runs. */
const exitSoon = () => void setTimeout(() => process.exit(0), 2_000).unref();

/** Bundles the handlers and runs a local database during `sls offline` and `sls invoke local`. */
export default class LocalPlugin {
  readonly hooks: Record<string, () => unknown>;
  private readonly serverless: Serverless;
  private tables: DeclaredTable[] = [];
  private database: Database | undefined;
  private ready = false;
  private stopping = false;
  private print: (line: string) => void = console.log;

  constructor(serverless: Serverless) {
    this.serverless = serverless;
    this.hooks = {
      initialize: () => this.isolate(),
      // `sls offline` alone runs none of the hooks below and ends the process itself, so run `offline start`.
      "before:offline:start": () => serverless.pluginManager.spawn("offline:start"),
      "before:offline:start:init": () => this.start().catch((error) => this.startFailed(error)),
      "offline:start:ready": () => this.printSummary().catch((error) => this.startFailed(error)),
      "before:offline:start:end": () => this.stop().then(exitSoon),
      "before:invoke:local:invoke": () => this.startForOne().catch((error) => this.startFailed(error)),
      "after:invoke:local:invoke": () => this.stop(),
    };
  }

  private get isLocal() {
    const [command, next] = this.serverless.processedInput.commands;
    return command === "offline" || (command === "invoke" && next === "local");
  }

  /**
   * Keeps a local run away from AWS accounts, proxies and the machine's time zone, and resolves what otherwise only
   * CloudFormation could.
   */
  private isolate() {
    if (!this.isLocal) return;
    useMadeUpCredentials(this.names.region);
    reachLoopbackDirectly();
    // EventBridge and Lambda use UTC. The scheduler of serverless-offline uses the time zone of the process.
    process.env["TZ"] = "UTC";
    this.tables = orExit(() => loadTables(this.serverless.service));
  }

  /** The names with which other commands find this service. */
  private get names(): ServiceNames {
    const { service, provider, functions } = this.serverless.service;
    return {
      service,
      stage: provider.stage,
      region: provider.region,
      functions: Object.fromEntries(Object.entries(functions).map(([key, { name }]) => [key, name])),
    };
  }

  private get functions() {
    return Object.keys(this.serverless.service.functions);
  }

  private async start() {
    const settings = this.settings();
    const { httpPort, lambdaPort } = settings;
    const requireFreePorts = async () => {
      await requireFree("PORT", httpPort);
      await requireFree("LAMBDA_PORT", lambdaPort);
    };
    await requireFreePorts();
    // As parsed here: an empty PORT means the default.
    this.serverless.service.custom["serverless-offline"].httpPort = String(httpPort);
    this.serverless.service.custom["serverless-offline"].lambdaPort = String(lambdaPort);
    this.leaveHeadToOffline();
    answerAsApiGateway();
    await this.open(settings, bundle, { httpPort, lambdaPort });
    // Starting the database can take a while.
    await requireFreePorts();
  }

  /** `sls invoke local`: uses the database at AWS_ENDPOINT_URL_DYNAMODB, or starts its own. */
  private async startForOne() {
    // Standard output is only for the reply of the function.
    this.print = console.error;
    hideLines(process.stderr);
    await this.open(this.settings(), bundleForInvokeLocal);
  }

  private async open(
    settings: Settings,
    build: typeof bundle,
    more: { httpPort?: number; lambdaPort?: number } = {},
  ) {
    onStopSignal(this.interrupted);
    endWithParent(() => void this.interrupted("SIGHUP"));
    const { checked, interval } = this.serverless.service.custom;
    checkInterval(checked.every);
    checkThresholds(checked);
    checkNotifyUrl(checked);
    checkSchedule(this.scheduledEvents, interval.expression);
    hideLines();
    process.setSourceMapsEnabled(true);
    const { note, onSpawn } = await openRun(settings, this.print);
    const [database] = await Promise.all([
      startDatabase(settings, { say: this.print, onSpawn }),
      build(this.functions, { sourceMaps: true }),
    ]);
    this.database = database;
    process.env["AWS_ENDPOINT_URL_DYNAMODB"] = database.url;
    if (isLoopback(database.url)) await createTables(database.url, this.tables, this.print);
    note({ ...more, ...this.names, url: database.url, table: this.table });
  }

  private settings(): Settings {
    const { httpPort, lambdaPort } = {
      ...this.serverless.service.custom["serverless-offline"],
      ...this.serverless.processedInput.options,
    };
    return loadSettings({ ...process.env, PORT: String(httpPort), LAMBDA_PORT: String(lambdaPort) });
  }

  /** The name of the table of beats. */
  private get table() {
    return String(this.serverless.service.provider.environment?.["BEATS_TABLE"]);
  }

  /** serverless-offline supports HEAD for every GET route, and prints a warning for each declared HEAD route. */
  private leaveHeadToOffline() {
    for (const definition of Object.values(this.serverless.service.functions)) {
      definition.events = definition.events.filter((event) => !routeKeyOf(event)?.startsWith("HEAD "));
    }
  }

  private async printSummary() {
    const { httpPort, lambdaPort } = this.settings();
    await listenOnAllLoopback("PORT", httpPort);
    await listenOnAllLoopback("LAMBDA_PORT", lambdaPort);
    this.ready = true;
    if (isScheduled(this.scheduledEvents)) watchClock(this.print, this.every);
    this.print(`database  ${this.database?.description}`);
    for (const { input } of this.tables) this.print(`table     ${input.TableName}`);
    this.print(`schedule  ${this.schedule()}`);
    for (const [name, path] of this.shownRoutes) this.print(`${name}  http://localhost:${httpPort}${path}`);
    this.print(`ready on port ${httpPort}`);
  }

  /** The routes of SHOWN_ROUTES that a function has. */
  private get shownRoutes() {
    const events = Object.values(this.serverless.service.functions).flatMap(
      (definition) => definition.events,
    );
    const keys = events.map(routeKeyOf);
    return SHOWN_ROUTES.filter(([, path]) => keys.includes(`GET ${path}`));
  }

  private get every() {
    return Number(this.serverless.service.custom.checked.every);
  }

  private get scheduledEvents() {
    return this.serverless.service.functions["heartbeat"]?.events ?? [];
  }

  private schedule() {
    if (!isScheduled(this.scheduledEvents)) return "disabled: only the beats that you send are counted";
    const next = new Date(nextRun(Date.now(), this.every));
    return `${toWords(this.every)}, the next beat at ${next.toISOString().slice(11, 19)} UTC`;
  }

  private async stop() {
    await this.database?.stop();
    this.database = undefined;
  }

  /** When it is ready, serverless-offline handles SIGINT and SIGTERM itself and runs the hook that stops the database. */
  private readonly interrupted = async (signal: NodeJS.Signals) => {
    if (this.ready && signal !== "SIGHUP") return;
    this.stopping = true;
    await this.stop();
    process.exit(this.serverless.processedInput.commands[0] === "offline" ? 0 : 130);
  };

  /** Ctrl+C also ends the bundler and Maven, and their failure can be seen before the signal. */
  private async startFailed(error: unknown) {
    await after(100);
    if (!this.stopping) exitWithError(error);
  }
}
