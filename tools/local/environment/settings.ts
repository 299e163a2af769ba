import { resolve } from "node:path";
import { UserError } from "../../user-error.ts";

export type EngineName = "local" | "embedded";

export interface Settings {
  httpPort: number;
  lambdaPort: number;
  /** Undefined: the best available one. */
  engine: EngineName | undefined;
  /** The URL of a database that already runs. */
  endpoint: string | undefined;
  /** Absolute path of the folder that keeps the data; undefined: in memory. */
  folder: string | undefined;
}

/** Reads the local settings from the environment: `PORT`, `LAMBDA_PORT`, `DYNAMODB`, `DYNAMODB_DATA`, `AWS_ENDPOINT_URL_DYNAMODB`. */
export const loadSettings = (env: NodeJS.ProcessEnv): Settings => {
  const httpPort = toPort("PORT", env["PORT"] || "7718");
  const lambdaPort = toPort("LAMBDA_PORT", env["LAMBDA_PORT"] || "3002");
  if (httpPort === lambdaPort) {
    throw new UserError(`PORT and LAMBDA_PORT are both ${httpPort}: use two different ports`);
  }
  return {
    httpPort,
    lambdaPort,
    engine: toEngine(env["DYNAMODB"]),
    endpoint: toEndpoint(env["AWS_ENDPOINT_URL_DYNAMODB"]),
    folder: env["DYNAMODB_DATA"] ? resolve(env["DYNAMODB_DATA"]) : undefined,
  };
};

const toPort = (name: string, value: string): number => {
  if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535) return Number(value);
  throw new UserError(`invalid ${name}=${value}: use a whole number from 1 to 65535`);
};

const toEngine = (value: string | undefined): EngineName | undefined => {
  if (value === undefined || value === "") return undefined;
  if (value === "local" || value === "embedded") return value;
  throw new UserError(
    `invalid DYNAMODB=${value}: use local (DynamoDB Local) or embedded (Dynoxide), or leave it unset`,
  );
};

const toEndpoint = (value: string | undefined): string | undefined => {
  if (value === undefined || value === "") return undefined;
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw new UserError(
    `invalid AWS_ENDPOINT_URL_DYNAMODB=${value}: use the URL of a database such as http://127.0.0.1:8000`,
  );
};
