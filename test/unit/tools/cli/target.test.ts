import { describe, expect, test } from "vitest";
import { target } from "../../../../tools/cli/audit/target.ts";

const URL = "http://127.0.0.1:8000";
const owner = { pid: 1, started: "1" };
const east = { owner, httpPort: 7718, url: URL, table: "heartbeat-dev-beats", region: "us-east-1" };
const west = { ...east, httpPort: 7719, table: "heartbeat-test-beats", region: "eu-west-1" };
const onItsOwn = { ...east, httpPort: 7720, url: "http://127.0.0.1:8001", region: "sa-east-1" };
/** Of `sls invoke local`, which is no service. */
const invocation = { owner, url: URL, table: "heartbeat-dev-beats", region: "ap-south-1" };
const runs = [invocation, east, west, onItsOwn];

describe("the audited table", () => {
  test.each([
    ["is the service's on PORT", { httpPort: 7719, endpoint: undefined }, {}, west],
    [
      "is the service's on PORT, whatever table the shell names",
      { httpPort: 7718, endpoint: undefined },
      { BEATS_TABLE: "x" },
      east,
    ],
    [
      "is the service's on PORT that uses the given database",
      { httpPort: 7719, endpoint: `${URL}/` },
      {},
      west,
    ],
    ["is the only service's of the given database", { httpPort: 1, endpoint: onItsOwn.url }, {}, onItsOwn],
    [
      "is the service's that uses the given table of the given database",
      { httpPort: 1, endpoint: URL },
      { BEATS_TABLE: west.table },
      west,
    ],
  ])("%s", (_, settings, env, { url, table, region }) => {
    expect(target(settings, runs, env)).toMatchObject({ url, table, region });
  });

  test.each([
    ["of a database that no service uses", "http://127.0.0.1:9"],
    ["that no service of the database uses", URL],
  ])("%s is the environment's, in the environment's region", (_, endpoint) => {
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
  ])("of %j is not guessed", (settings, env, message) => {
    expect(() => target(settings, runs, env)).toThrow(message);
  });
});
