import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { applyDiff, DELETIONS, STEPS, TITLES } from "../../support/fixtures/make-it-yours.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";
import { type Service, startService } from "../../support/processes/service.ts";

describe("a checkout with steps 1 to 5 of docs/make-it-yours.md", () => {
  const folder = createCheckout();
  let service: Service;
  beforeAll(async () => {
    // createCheckout removes the job of this repository, which a step replaces.
    execFileSync("cp", ["lib/job/job.ts", join(folder, "lib/job/job.ts")]);
    for (const { diff } of STEPS) applyDiff(folder, diff);
    service = await startService({ folder, env: { DYNAMODB: "embedded" } });
  });

  it("takes six steps", () => {
    expect(TITLES).toEqual([
      "Rename it",
      "Choose the interval",
      "Write the job",
      "Add a route",
      "Add a table",
      "Delete what you don't need",
    ]);
  });

  it.each(DELETIONS)("can take the diff of a deletion: $title", ({ diff }) => {
    expect(() => applyDiff(folder, diff, "--check")).not.toThrow();
  });

  it("prints its new names, interval and tables", () => {
    const lines = service.program.lines();

    expect(lines).toContain("table     nightly-report-dev-beats");
    expect(lines).toContain("table     nightly-report-dev-reports");
    expect(lines).toContainEqual(expect.stringMatching(/^schedule {2}disabled: /));
  });

  it("runs the job for a beat of five minutes", async () => {
    const { code, lines } = await run(["npm", "run", "-s", "beat"], { folder, env: service.env });

    const { counted, minute } = JSON.parse(lines[0] ?? "");
    expect({ code, counted, onSlot: Number(minute.slice(14, 16)) % 5 }).toEqual({
      ...{ code: 0, counted: true, onSlot: 0 },
    });
    expect(service.program.lines()).toContain(`report of ${minute}`);
  });

  it("answers the new route, and its name is on the page", async () => {
    expect((await service.request("GET", "/hello")).body.toString()).toBe('{"payload":"hello"}');
    expect((await service.request("GET", "/")).body.toString()).toContain("nightly-report");
  });

  it("has the new table", async () => {
    const client = new DynamoDBClient({
      endpoint: service.databaseUrl,
      region: "us-east-1",
      credentials: { accessKeyId: "made", secretAccessKey: "up" },
    });

    const { Table } = await client.send(
      new DescribeTableCommand({ TableName: "nightly-report-dev-reports" }),
    );

    expect(Table?.KeySchema).toEqual([{ AttributeName: "minute", KeyType: "HASH" }]);
    client.destroy();
  });

  it("can be packaged", async () => {
    const { code, output } = await run(["node_modules/.bin/sls", "package"], { folder });

    expect(code, output).toBe(0);
  });

  it("stops cleanly", async () => {
    expect(await service.stop()).toEqual({ code: 0, left: [] });
  });
});
