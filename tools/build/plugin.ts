import { checkSchedule, type EventDefinition } from "../schedule/check.ts";
import { exitWithError, orExit, UserError } from "../user-error.ts";
import { bundle } from "./bundle.ts";
import { type ApiTemplate, orderHttpApi } from "./creation-order.ts";
import { checkHandlers } from "./handlers.ts";
import { checkAgainstLive, readDeployedTemplate } from "./live-stack.ts";
import { checkNames } from "./names.ts";
import { checkParameterNames, checkParameters, type Parameters } from "./parameters.ts";
import { useWritableSchemaCache } from "./schema-cache.ts";
import { requireTable, type Template } from "./table-guard.ts";

/** The parts of the framework that this plugin uses. */
interface Serverless {
  processedInput: {
    commands: string[];
    options: { param?: string[]; timestamp?: string };
  };
  /** serverless.yml, resolved. */
  configurationInput: { params?: Record<string, Record<string, unknown>> };
  getProvider(name: "aws"): AwsProvider;
  service: {
    service: string;
    provider: { stage: string; compiledCloudFormationTemplate?: Template & ApiTemplate };
    custom: { checked: Omit<Parameters, "stage">; interval: { expression: string } };
    functions: Record<
      string,
      { handler?: string; events: EventDefinition[]; package?: { patterns: string[] } }
    >;
  };
}

interface AwsProvider {
  naming: { getStackName(): string; getCompiledTemplateS3Suffix(): string };
  getAwsSdkV3Config(): Promise<object>;
  getDeploymentPrefix(): string;
  getServerlessDeploymentBucketName(): Promise<string>;
}

/** The commands that bundle the handlers, and the names that they create. */
const BUNDLING = ["package", "deploy", "deploy function", "offline", "offline start", "invoke local"];

/**
 * Bundles the handlers for packaging, and rejects invalid names, parameters and schedules, handlers without a bundle, and
 * deployments that would lose the table.
 */
export default class BuildPlugin {
  readonly hooks: Record<string, () => unknown>;
  private readonly serverless: Serverless;

  constructor(serverless: Serverless) {
    this.serverless = serverless;
    // Before any hook, the framework would reject some names with several lines.
    orExit(() => this.checkNames());
    useWritableSchemaCache();
    this.hooks = {
      initialize: () => orExit(() => this.check()),
      "after:aws:package:finalize:mergeCustomProviderResources": () => orExit(() => this.completeTemplate()),
      "before:deploy:deploy": () => this.checkDeployment().catch(exitIfUserError),
      "before:rollback:rollback": () => this.checkRollback().catch(exitIfUserError),
      "before:package:createDeploymentArtifacts": () => this.package().catch(exitWithError),
      "before:deploy:function:packageFunction": () => this.package().catch(exitWithError),
    };
  }

  /** Rejects names that AWS rejects, for the commands that create something with them. */
  private checkNames() {
    if (!this.isBundling) return;
    const { service, provider, functions } = this.serverless.service;
    // The framework merges a list of files into one object later.
    checkNames(service, provider.stage, [functions].flat().flatMap(Object.keys));
  }

  private get isBundling() {
    return BUNDLING.includes(this.serverless.processedInput.commands.join(" "));
  }

  /** Rejects invalid parameters and handlers before anything is created, with one line. */
  private check() {
    const { commands, options } = this.serverless.processedInput;
    const { provider, custom, functions } = this.serverless.service;
    const given = (options.param ?? []).map((text) => text.split("=", 1).join());
    const written = Object.values(this.serverless.configurationInput.params ?? {}).flatMap(Object.keys);
    checkParameterNames([...given, ...written]);
    if (this.isBundling) checkHandlers(functions);
    if (commands[0] !== "package" && commands[0] !== "deploy") return;
    checkParameters({ ...custom.checked, stage: provider.stage });
    checkSchedule(functions["heartbeat"]?.events ?? [], custom.interval.expression);
  }

  /** Checks and orders the resources of serverless.yml and of the framework, which are complete now. */
  private completeTemplate() {
    const template = this.serverless.service.provider.compiledCloudFormationTemplate;
    if (template === undefined) return;
    requireTable(template);
    orderHttpApi(template);
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
    const { service, provider } = this.serverless.service;
    // A timestamp is a date or milliseconds. The framework rejects any other, and one that it did not deploy.
    const time = [new Date(timestamp), new Date(Number(timestamp))].find(
      (date) => !Number.isNaN(date.valueOf()),
    );
    if (time === undefined) return;
    const folder = `${aws.getDeploymentPrefix()}/${service}/${provider.stage}/${time.valueOf()}-${time.toISOString()}`;
    const config = await aws.getAwsSdkV3Config();
    const next = await readDeployedTemplate(config, {
      Bucket: await aws.getServerlessDeploymentBucketName(),
      Key: `${folder}/${aws.naming.getCompiledTemplateS3Suffix()}`,
    });
    if (next !== undefined) await checkAgainstLive(config, aws.naming.getStackName(), next);
  }

  private async package() {
    const { functions } = this.serverless.service;
    for (const [name, definition] of Object.entries(functions)) {
      definition.package = { patterns: [`dist/${name}.mjs`] };
    }
    await bundle(Object.keys(functions));
  }
}

/** Leaves any other error, such as missing credentials, to the framework, which explains it. */
const exitIfUserError = (error: unknown): never => {
  if (error instanceof UserError) exitWithError(error);
  throw error;
};
