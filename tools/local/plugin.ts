import { setTimeout as after } from "node:timers/promises";
import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { isLoopback } from "../../lib/beat/loopback.ts";
import { bundle, bundleForInvokeLocal } from "../build/bundle.ts";
import { checkAgainstLive, readDeployedTemplate } from "../build/live-stack.ts";
import {
  checkNotifyUrl,
  checkParameterNames,
  checkParameters,
  checkThresholds,
  type Parameters,
} from "../build/parameters.ts";
import type { Template } from "../build/table-guard.ts";
import { exitWithError, UserError } from "../user-error.ts";
import { watchClock } from "./clock.ts";
import { type Database, startDatabase } from "./database/database.ts";
import { createTable } from "./database/table.ts";
import { useMadeUpCredentials } from "./environment/made-up-credentials.ts";
import { reachLoopbackDirectly } from "./environment/no-proxy.ts";
import { listenOnAllLoopback, requireFree } from "./environment/ports.ts";
import { openRecord, processOf, type ServiceNames } from "./environment/run-record.ts";
import { useWritableSchemaCache } from "./environment/schema-cache.ts";
import { loadSettings, type Settings } from "./environment/settings.ts";
import { answerAsApiGateway } from "./gateway.ts";
import { hideMetrics } from "./hide-metrics.ts";

/** The parts of the framework that this plugin uses. */
interface Serverless {
  processedInput: {
    commands: string[];
    options: Record<string, unknown> & { param?: string[]; timestamp?: string };
  };
  /** serverless.yml, resolved. */
  configurationInput: { params?: Record<string, Record<string, unknown>> };
  getProvider(name: "aws"): AwsProvider;
  pluginManager: { spawn(command: string): Promise<void> };
  service: {
    service: string;
    provider: { stage: string; region: string; compiledCloudFormationTemplate?: Template };
    custom: {
      "serverless-offline": { httpPort: string; lambdaPort: string };
      checked: Omit<Parameters, "stage" | "given">;
    };
    functions: Record<string, FunctionDefinition>;
    resources: { Resources: { BeatsTable: { Properties: CreateTableCommandInput } } };
  };
}

interface AwsProvider {
  naming: { getStackName(): string; getCompiledTemplateS3Suffix(): string };
  getAwsSdkV3Config(): Promise<object>;
  getDeploymentPrefix(): string;
  getServerlessDeploymentBucketName(): Promise<string>;
}

interface FunctionDefinition {
  name: string;
  package?: { patterns: string[] };
  events: { httpApi?: string | { method: string }; schedule?: { rate: string; enabled: boolean } }[];
}

/**
 * Bundles the handlers for every command that runs or packages them, and runs a local database during
 * `sls offline` and `sls invoke local`.
 */
export default class HeartbeatPlugin {
  readonly hooks: Record<string, () => unknown>;
  private readonly serverless: Serverless;
  private database: Database | undefined;
  private ready = false;
  private stopping = false;
  private say: (line: string) => void = console.log;

  constructor(serverless: Serverless) {
    this.serverless = serverless;
    useWritableSchemaCache();
    this.hooks = {
      initialize: () => {
        if (this.isLocal) {
          useMadeUpCredentials(this.names.region);
          reachLoopbackDirectly();
        }
        this.checkBeforeAws();
      },
      "before:deploy:deploy": () => this.checkDeployment().catch(endIfMendable),
      "before:rollback:rollback": () => this.checkRollback().catch(endIfMendable),
      "before:package:createDeploymentArtifacts": () => this.package().catch(exitWithError),
      "before:deploy:function:packageFunction": () => this.package().catch(exitWithError),
      // `sls offline` alone runs none of the hooks below and ends the process itself, so run `offline start`.
      "before:offline:start": () => serverless.pluginManager.spawn("offline:start"),
      "before:offline:start:init": () => this.start().catch((error) => this.startFailed(error)),
      "offline:start:ready": () => this.tell().catch((error) => this.startFailed(error)),
      "before:offline:start:end": () => this.stop(),
      "before:invoke:local:invoke": () => this.startForOne().catch((error) => this.startFailed(error)),
      "after:invoke:local:invoke": () => this.stop(),
    };
  }

  private get isLocal() {
    const [command, next] = this.serverless.processedInput.commands;
    return command === "offline" || (command === "invoke" && next === "local");
  }

  /** Rejects invalid parameters before anything is created, with one line. */
  private checkBeforeAws() {
    const { commands, options } = this.serverless.processedInput;
    const { service, provider, custom } = this.serverless.service;
    const given = (options.param ?? []).map((text) => text.split("=", 1).join());
    const written = Object.values(this.serverless.configurationInput.params ?? {}).flatMap(Object.keys);
    try {
      checkParameterNames([...given, ...written]);
      if (commands[0] !== "package" && commands[0] !== "deploy") return;
      checkParameters({ ...custom.checked, service, stage: provider.stage });
    } catch (error) {
      exitWithError(error);
    }
  }

  private async checkDeployment() {
    const aws = this.serverless.getProvider("aws");
    const next = this.serverless.service.provider.compiledCloudFormationTemplate;
    if (next !== undefined) {
      await checkAgainstLive(await aws.getAwsSdkV3Config(), aws.naming.getStackName(), next);
    }
  }

  private async checkRollback() {
    const { timestamp } = this.serverless.processedInput.options;
    if (timestamp === undefined) return;
    const aws = this.serverless.getProvider("aws");
    const { service, stage } = this.names;
    // A timestamp is a date or milliseconds. The framework rejects any other, and one that it did not deploy.
    const time = [new Date(timestamp), new Date(Number(timestamp))].find(
      (date) => !Number.isNaN(date.valueOf()),
    );
    if (time === undefined) return;
    const folder = `${aws.getDeploymentPrefix()}/${service}/${stage}/${time.valueOf()}-${time.toISOString()}`;
    const config = await aws.getAwsSdkV3Config();
    const next = await readDeployedTemplate(config, {
      Bucket: await aws.getServerlessDeploymentBucketName(),
      Key: `${folder}/${aws.naming.getCompiledTemplateS3Suffix()}`,
    });
    if (next !== undefined) await checkAgainstLive(config, aws.naming.getStackName(), next);
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

  private async package() {
    for (const [name, definition] of Object.entries(this.serverless.service.functions)) {
      definition.package = { patterns: [`dist/${name}.mjs`] };
    }
    await bundle(this.functions);
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
    this.say = console.error;
    await this.open(this.settings(), bundleForInvokeLocal);
  }

  private async open(
    settings: Settings,
    build: typeof bundle,
    more: { httpPort?: number; lambdaPort?: number } = {},
  ) {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      // Without a terminal ignore SIGHUP, so that nohup works.
      if (signal !== "SIGHUP" || process.stdout.isTTY) process.on(signal, this.interrupted);
    }
    checkThresholds(this.serverless.service.custom.checked);
    checkNotifyUrl(this.serverless.service.custom.checked);
    hideMetrics();
    const { folder, endpoint } = settings;
    const { note, ended } = await openRecord(endpoint === undefined ? folder : undefined);
    for (const pid of ended) this.say(`Ended the database that a killed run left behind (pid ${pid})`);
    const onSpawn = (pid: number) => note({ database: processOf(pid) });
    const [database] = await Promise.all([
      startDatabase(settings, { say: this.say, onSpawn }),
      build(this.functions),
    ]);
    this.database = database;
    process.env["AWS_ENDPOINT_URL_DYNAMODB"] = database.url;
    if (isLoopback(database.url)) await createTable(database.url, this.table);
    note({ ...more, ...this.names, url: database.url, table: this.table.TableName ?? "" });
  }

  private settings(): Settings {
    const { httpPort, lambdaPort } = {
      ...this.serverless.service.custom["serverless-offline"],
      ...this.serverless.processedInput.options,
    };
    return loadSettings({ ...process.env, PORT: String(httpPort), LAMBDA_PORT: String(lambdaPort) });
  }

  private get table() {
    return this.serverless.service.resources.Resources.BeatsTable.Properties;
  }

  /** serverless-offline supports HEAD for every GET route, and prints a warning for each declared HEAD route. */
  private leaveHeadToOffline() {
    for (const definition of Object.values(this.serverless.service.functions)) {
      definition.events = definition.events.filter(({ httpApi }) =>
        typeof httpApi === "string" ? !httpApi.startsWith("HEAD ") : httpApi?.method !== "HEAD",
      );
    }
  }

  private async tell() {
    const { httpPort, lambdaPort } = this.settings();
    await listenOnAllLoopback("PORT", httpPort);
    await listenOnAllLoopback("LAMBDA_PORT", lambdaPort);
    this.ready = true;
    if (this.isScheduled) watchClock(this.say);
    this.say(`database  ${this.database?.description}`);
    this.say(`table     ${this.table.TableName}`);
    this.say(`schedule  ${this.schedule()}`);
    this.say(`ping      http://localhost:${httpPort}/ping`);
    this.say(`beats     http://localhost:${httpPort}/beats`);
    this.say(`status    http://localhost:${httpPort}/status`);
    this.say(`page      http://localhost:${httpPort}/`);
    this.say(`health    http://localhost:${httpPort}/health`);
    this.say(`and more  http://localhost:${httpPort}/openapi.json`);
    this.say(`ready on port ${httpPort}`);
  }

  private get isScheduled() {
    const { events } = this.serverless.service.functions["heartbeat"] ?? { events: [] };
    return events.some(({ schedule }) => schedule?.enabled);
  }

  private schedule() {
    if (!this.isScheduled) return "switched off: nothing beats by itself";
    const next = new Date((Math.floor(Date.now() / 60_000) + 1) * 60_000);
    return `every minute, the next beat at ${next.toISOString().slice(11, 19)} UTC`;
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

/** Leaves any other error, such as missing credentials, to the framework, which explains it. */
const endIfMendable = (error: unknown): never => {
  if (error instanceof UserError) exitWithError(error);
  throw error;
};
