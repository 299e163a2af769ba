import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { bundle } from "./bundle.ts";
import { type Database, startDatabase } from "./database.ts";
import { requireFree } from "./engines.ts";
import { endOrphan, processOf, recordOf, records, removeRecord, writeRecord } from "./run-record.ts";
import { isLoopback, loadSettings } from "./settings.ts";
import { endWith } from "./start-error.ts";
import { createTable } from "./table.ts";

/** What this plugin uses of the framework. */
interface Serverless {
  processedInput: { commands: string[] };
  pluginManager: { spawn(command: string): Promise<void> };
  service: {
    getAllFunctions(): string[];
    package: { patterns?: string[] };
    functions: Record<string, { package?: { patterns: string[] } }>;
    resources: { Resources: { BeatsTable: { Properties: CreateTableCommandInput } } };
  };
}

const say = (line: string) => console.log(line);

/**
 * Bundles the handlers for whatever runs or packages them, and ties a local database to the life of
 * `sls offline` and `sls invoke local`.
 */
export default class HeartbeatPlugin {
  readonly hooks: Record<string, () => unknown>;
  private readonly serverless: Serverless;
  private database: Database | undefined;

  constructor(serverless: Serverless) {
    this.serverless = serverless;
    this.hooks = {
      initialize: () => this.keepAwayFromAws(),
      "before:package:createDeploymentArtifacts": () => this.bundle(),
      "before:deploy:function:packageFunction": () => this.bundle(),
      // Plain `sls offline` runs none of the hooks below and ends the process itself: run `offline start`.
      "before:offline:start": () => serverless.pluginManager.spawn("offline:start"),
      "before:offline:start:init": () => this.start().catch(endWith),
      "offline:start:ready": () => this.tell(),
      "before:offline:start:end": () => this.stop(),
      "before:invoke:local:invoke": () => this.startForOne().catch(endWith),
      "after:invoke:local:invoke": () => this.stop(),
    };
  }

  /** Local runs never see the machine's AWS credentials, so that they can't reach an account. */
  private keepAwayFromAws() {
    const [command, next] = this.serverless.processedInput.commands;
    if (command !== "offline" && !(command === "invoke" && next === "local")) return;
    process.env["AWS_ACCESS_KEY_ID"] = "local";
    process.env["AWS_SECRET_ACCESS_KEY"] = "local";
    process.env["AWS_REGION"] ??= "us-east-1";
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
    delete process.env["AWS_SESSION_TOKEN"];
    delete process.env["AWS_PROFILE"];
  }

  private async bundle() {
    const functions = this.serverless.service.getAllFunctions();
    for (const name of functions) {
      const definition = this.serverless.service.functions[name];
      if (definition) definition.package = { patterns: [`dist/${name}.mjs`] };
    }
    await bundle(functions);
  }

  private async start() {
    const settings = loadSettings(process.env);
    process.once("SIGINT", this.stopEarly).once("SIGTERM", this.stopEarly);
    for (const record of records()) {
      const orphan = endOrphan(record);
      if (orphan) say(`Ended the database that a killed run left behind (pid ${orphan})`);
    }
    await requireFree("PORT", settings.httpPort);
    await requireFree("LAMBDA_PORT", settings.lambdaPort);
    await Promise.all([this.bundle(), this.openDatabase(settings)]);
    writeRecord(recordOf(settings.httpPort), {
      owner: processOf(process.pid),
      ...(this.database?.pid === undefined ? {} : { database: processOf(this.database.pid) }),
      url: this.database?.url ?? "",
      table: this.table.TableName ?? "",
    });
    process.once("exit", () => removeRecord(recordOf(settings.httpPort)));
  }

  /** `sls invoke local`: on the running service's database when its URL is given, else on one of its own. */
  private async startForOne() {
    await Promise.all([this.bundle(), this.openDatabase(loadSettings(process.env))]);
  }

  private async openDatabase(settings: Parameters<typeof startDatabase>[0]) {
    this.database = await startDatabase(settings, say);
    process.env["AWS_ENDPOINT_URL_DYNAMODB"] = this.database.url;
    if (isLoopback(this.database.url)) await createTable(this.database.url, this.table);
  }

  private get table() {
    return this.serverless.service.resources.Resources.BeatsTable.Properties;
  }

  private tell() {
    process.off("SIGINT", this.stopEarly).off("SIGTERM", this.stopEarly);
    const { httpPort } = loadSettings(process.env);
    const next = new Date(Math.ceil((Date.now() + 1) / 60_000) * 60_000).toISOString().slice(11, 19);
    say(`database  ${this.database?.description}`);
    say(`table     ${this.table.TableName}`);
    say(`schedule  every minute, the next beat at ${next} UTC`);
    say(`ping      http://localhost:${httpPort}/ping`);
    say(`beats     http://localhost:${httpPort}/beats`);
    say(`ready on port ${httpPort}`);
  }

  private async stop() {
    await this.database?.stop();
    this.database = undefined;
  }

  private readonly stopEarly = async () => {
    await this.stop();
    process.exit(0);
  };
}
