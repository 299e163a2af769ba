import { expect, test } from "vitest";
import { invoke, readBeats } from "../../../../tools/cli/invoke.ts";
import { UserError } from "../../../../tools/user-error.ts";
import { freePort } from "../../../support/processes/ports.ts";

const serviceWith = async (functions: Record<string, string>) => ({
  owner: { pid: process.pid, started: "0" },
  httpPort: await freePort(),
  lambdaPort: await freePort(),
  functions,
});

test("invoke names the function that the service does not have, and what to do", async () => {
  const service = await serviceWith({ heartbeat: "heartbeat-dev-heartbeat" });

  await expect(invoke(service, "settings", {}, "version")).rejects.toThrow(
    new UserError(
      `the service on port ${service.httpPort} has no function settings: add it to serverless.yml and start the service again`,
    ),
  );
});

test("invoke says to wait while the service starts or restarts", async () => {
  const service = await serviceWith({ heartbeat: "heartbeat-dev-heartbeat" });

  await expect(invoke(service, "heartbeat", {}, "counted")).rejects.toThrow(
    new UserError(
      `the service on port ${service.httpPort} does not respond: try again after it has printed "ready on port ${service.httpPort}"`,
    ),
  );
});

test("readBeats says to wait while the service starts or restarts", async () => {
  const service = await serviceWith({});

  await expect(readBeats(service)).rejects.toThrow(
    new UserError(
      `the service on port ${service.httpPort} does not respond: try again after it has printed "ready on port ${service.httpPort}"`,
    ),
  );
});
