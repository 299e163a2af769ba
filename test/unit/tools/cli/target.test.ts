import { describe, expect, test } from "vitest";
import { target } from "../../../../tools/cli/audit/target.ts";

const URL = "http://127.0.0.1:8000";
const owner = { pid: 1, started: "1" };
const east = { owner, httpPort: 7718, url: URL, table: "heartbeat-dev-beats", region: "us-east-1" };
const west = { ...east, httpPort: 7719, table: "heartbeat-test-beats", region: "eu-west-1" };
const onItsOwn = { ...east, httpPort: 7720, url: "http://127.0.0.1:8001", region: "sa-east-1" };
/** The record of `sls invoke local`, which is not a service. */
const invocation = { owner, url: URL, table: "heartbeat-dev-beats", region: "ap-south-1" };
const runs = [invocation, east, west, onItsOwn];

describe("target", () => {
  test.each([
    ["returns the table of the service on PORT", { httpPort: 7719, endpoint: undefined }, {}, west],
    [
      "returns the table of the service on PORT when BEATS_TABLE names another one",
      { httpPort: 7718, endpoint: undefined },
      { BEATS_TABLE: "x" },
      east,
    ],
    [
      "returns the table of the service on PORT when several use the given database",
      { httpPort: 7719, endpoint: `${URL}/` },
      {},
      west,
    ],
    [
      "returns the table of the only service that uses the given database",
      { httpPort: 1, endpoint: onItsOwn.url },
      {},
      onItsOwn,
    ],
    [
      "returns the table of the service that uses BEATS_TABLE of the given database",
      { httpPort: 1, endpoint: URL },
      { BEATS_TABLE: west.table },
      west,
    ],
  ])("%s", (_, settings, env, { url, table, region }) => {
    expect(target(settings, runs, env)).toMatchObject({ url, table, region });
  });

  test.each([
    ["no service uses the database", "http://127.0.0.1:9"],
    ["no service uses the table", URL],
  ])("returns the table and region of the environment when %s", (_, endpoint) => {
    expect(target({ httpPort: 7718, endpoint }, runs, { BEATS_TABLE: "beats-restored" })).toEqual({
      url: endpoint,
      table: "beats-restored",
    });
  });

  test.each([
    [
      { httpPort: 1, endpoint: undefined },
      {},
      "no service of this checkout runs on port 1: start it, or set PORT to its port, or AWS_ENDPOINT_URL_DYNAMODB to the URL of a database",
    ],
    [
      { httpPort: 1, endpoint: URL },
      {},
      "2 services use the database at http://127.0.0.1:8000: set PORT to that of one, 7718 or 7719",
    ],
    [
      { httpPort: 1, endpoint: "http://me:secret@127.0.0.1:9" },
      {},
      "no service of this checkout uses the database at http://127.0.0.1:9: set BEATS_TABLE to the name of the table",
    ],
  ])("throws what to set when the table is ambiguous or unknown: %j", (settings, env, message) => {
    expect(() => target(settings, runs, env)).toThrow(message);
  });
});
