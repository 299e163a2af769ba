import type {
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  ProvisionedThroughput,
} from "@aws-sdk/client-dynamodb";
import { UserError } from "../../user-error.ts";

/** A table of serverless.yml, as the local engines can create it. */
export interface DeclaredTable {
  /** The name of the resource. */
  resource: string;
  input: CreateTableCommandInput & { TableName: string };
  /** The settings that change what the code sees on AWS, and that have no effect locally. */
  ignored: string[];
}

/** The parts of serverless.yml that concern tables, as the framework resolved it. */
export interface Service {
  service: string;
  provider: { stage: string; region: string; environment?: Environment };
  functions: Record<string, { environment?: Environment }>;
  resources?: { Resources?: Record<string, Resource> };
}

interface Resource {
  Type: string;
  Properties?: Properties;
}

type Environment = Record<string, unknown>;

interface Properties extends Omit<CreateTableCommandInput, "TableName" | "GlobalSecondaryIndexes"> {
  TableName?: unknown;
  GlobalSecondaryIndexes?: GlobalSecondaryIndex[];
}

const TABLE = "AWS::DynamoDB::Table";
/** A global table has other settings for its throughput, so the local table has on-demand capacity. */
const GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable";

/** The settings that are passed to the engines. */
const APPLIED = [
  "TableName",
  "AttributeDefinitions",
  "KeySchema",
  "BillingMode",
  "ProvisionedThroughput",
  "GlobalSecondaryIndexes",
  "LocalSecondaryIndexes",
];
/** The settings that matter only to operators: code that uses the table sees no difference. */
const INVISIBLE = [
  "ContributorInsightsSpecification",
  "DeletionProtectionEnabled",
  "OnDemandThroughput",
  "PointInTimeRecoverySpecification",
  "ResourcePolicy",
  "SSESpecification",
  "TableClass",
  "Tags",
  "WarmThroughput",
];

/**
 * Returns the tables among the resources, and writes their names into the environment variables that reference them:
 * serverless-offline does not resolve a `!Ref`, and `sls invoke local` would ask CloudFormation. A table with a Condition
 * is included, because nothing else would create it locally.
 * @throws UserError if the name of a table is missing or has no value without AWS, or if no table is the one in BEATS_TABLE
 */
export const loadTables = (service: Service): DeclaredTable[] => {
  const { provider, functions, resources } = service;
  const tables = Object.entries(resources?.Resources ?? {})
    .filter(([, { Type }]) => Type === TABLE || Type === GLOBAL_TABLE)
    .map(([name, resource]) => toTable(name, resource, service));
  for (const { environment = {} } of [provider, ...Object.values(functions)]) {
    resolveReferences(environment, tables);
  }
  const name = provider.environment?.["BEATS_TABLE"];
  if (tables.some(({ input }) => input.TableName === name)) return tables;
  throw new UserError(
    `no table in serverless.yml has the name ${name} of BEATS_TABLE: write TableName: \${self:custom.table} in cloud/table.yml`,
  );
};

const resolveReferences = (environment: Environment, tables: readonly DeclaredTable[]): void => {
  for (const [variable, value] of Object.entries(environment)) {
    if (typeof value !== "object" || value === null || !("Ref" in value)) continue;
    const table = tables.find(({ resource }) => resource === value.Ref);
    if (table !== undefined) environment[variable] = table.input.TableName;
  }
};

const toTable = (
  resource: string,
  { Type, Properties: properties = {} }: Resource,
  service: Service,
): DeclaredTable => {
  const { AttributeDefinitions, KeySchema, ProvisionedThroughput } = properties;
  const BillingMode = Type === GLOBAL_TABLE ? "PAY_PER_REQUEST" : properties.BillingMode;
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  const input = {
    TableName: toName(resource, properties.TableName, service),
    ...{ AttributeDefinitions, KeySchema, BillingMode, LocalSecondaryIndexes },
    ProvisionedThroughput: toThroughput(ProvisionedThroughput),
    GlobalSecondaryIndexes: GlobalSecondaryIndexes?.map((index) => ({
      ...{ IndexName: index.IndexName, KeySchema: index.KeySchema, Projection: index.Projection },
      ProvisionedThroughput: toThroughput(index.ProvisionedThroughput),
    })),
  };
  const ignored = Object.keys(properties).filter((key) => ![...APPLIED, ...INVISIBLE].includes(key));
  return { resource, input, ignored };
};

/** Parameters of serverless.yml are strings, which CloudFormation accepts as numbers, but DynamoDB does not. */
const toThroughput = (throughput: ProvisionedThroughput | undefined): ProvisionedThroughput | undefined =>
  throughput && {
    ReadCapacityUnits: Number(throughput.ReadCapacityUnits),
    WriteCapacityUnits: Number(throughput.WriteCapacityUnits),
  };

/** Resolves `!Sub`, `!Join` and `!Ref` with the pseudo parameters that have a value locally. */
const toName = (resource: string, name: unknown, { service, provider }: Service): string => {
  const known: Record<string, string> = {
    "AWS::Partition": "aws",
    "AWS::Region": provider.region,
    "AWS::StackName": `${service}-${provider.stage}`,
  };
  const evaluate = (value: unknown): string | undefined => {
    if (typeof value === "string") return value;
    if (typeof value !== "object" || value === null) return undefined;
    if ("Ref" in value) return known[String(value.Ref)];
    if ("Fn::Sub" in value && typeof value["Fn::Sub"] === "string") return substitute(value["Fn::Sub"]);
    if (!("Fn::Join" in value && Array.isArray(value["Fn::Join"]))) return undefined;
    const [separator, parts] = value["Fn::Join"];
    const values = [parts].flat().map(evaluate);
    return values.includes(undefined) ? undefined : values.join(separator);
  };
  const substitute = (text: string): string | undefined => {
    const result = text.replaceAll(/\$\{([^}]+)\}/g, (whole, variable) => known[variable] ?? whole);
    return result.includes("${") ? undefined : result;
  };
  const value = evaluate(name);
  if (value !== undefined) return value;
  const written = name === undefined ? "no TableName" : `the TableName ${JSON.stringify(name)}`;
  throw new UserError(
    `the table ${resource} in serverless.yml has ${written}, which has no value without AWS: write a plain string such as \${self:service}-\${self:provider.stage}-${resource.toLowerCase()}`,
  );
};
