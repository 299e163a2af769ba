import type { RunRecord } from "../../local/environment/run-record.ts";
import type { Settings } from "../../local/environment/settings.ts";
import { UserError } from "../../user-error.ts";

export interface Target {
  url: string;
  table: string;
  /** The region of the service; undefined for a table that only the environment names. */
  region?: string | undefined;
}

/**
 * The table to audit: that of the service on `PORT`, or of the service that uses the given database, else the one
 * that the environment names. The region of a service's table is that of the service, whatever AWS_REGION is.
 * @throws UserError if nothing names a table, or several services use the given database
 */
export const target = (
  { endpoint, httpPort }: Pick<Settings, "endpoint" | "httpPort">,
  runs: readonly RunRecord[],
  { BEATS_TABLE }: NodeJS.ProcessEnv,
): Target => {
  const services = runs.flatMap(({ httpPort, url, table, region }) =>
    httpPort !== undefined && url !== undefined && table !== undefined
      ? [{ httpPort, url, table, region }]
      : [],
  );
  const onPort = services.find((service) => service.httpPort === httpPort);
  if (endpoint === undefined) {
    if (onPort !== undefined) return onPort;
    throw new UserError(
      `no service of this checkout runs on port ${httpPort}: start it, or set PORT to its port, or AWS_ENDPOINT_URL_DYNAMODB to the URL of a database`,
    );
  }
  const users = services.filter(
    ({ url, table }) => sameUrl(url, endpoint) && table === (BEATS_TABLE || table),
  );
  const user = users.find((service) => service === onPort) ?? users[0];
  if (user !== undefined && (user === onPort || users.length === 1)) return user;
  if (users.length > 1) {
    throw new UserError(
      `${users.length} services use the database at ${new URL(endpoint).origin}: set PORT to that of one, ${users.map((one) => one.httpPort).join(" or ")}`,
    );
  }
  if (BEATS_TABLE) return { url: endpoint, table: BEATS_TABLE };
  throw new UserError(
    `no service of this checkout uses the database at ${new URL(endpoint).origin}: set BEATS_TABLE to the name of the table`,
  );
};

const sameUrl = (one: string, other: string): boolean => new URL(one).href === new URL(other).href;
