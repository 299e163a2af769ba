import { beforeAll, describe, expect, it } from "vitest";
import { startTablesByRegion } from "../../support/databases/tables-by-region.ts";
import { freshTime, tickAt } from "../../support/fixtures/ticks.ts";
import { needs } from "../../support/optional/needs.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { answerIn } from "../../support/processes/invoke-local.ts";
import { freePort } from "../../support/processes/ports.ts";
import { run } from "../../support/processes/program.ts";
import { SLS_OFFLINE, startService } from "../../support/processes/service.ts";

const folder = createCheckout();

describe("with a database that has separate tables for each region", needs("dynamodb-local"), () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await startTablesByRegion());
  });
  const startIn = async (region: Record<string, string>, options: string[], beats: number) => {
    const service = await startService({
      folder,
      command: [...SLS_OFFLINE, ...options],
      env: { AWS_ENDPOINT_URL_DYNAMODB: url, ...region },
    });
    for (let beat = 0; beat < beats; beat++) await service.deliver(tickAt(freshTime()));
    return service;
  };
  const audit = async (env: Record<string, string>) => {
    const { code, lines } = await run(["npm", "run", "-s", "audit"], { folder, env });
    return { code, lines };
  };
  const agrees = (region: string, minutes: string) => ({
    code: 0,
    lines: [`table heartbeat-dev-beats in ${region} at ${url}`, `${minutes}, every sum agrees`],
  });

  it("npm run audit audits the table of the service when AWS_REGION names another region", async () => {
    const east = await startIn({}, [], 1);
    const port = { PORT: east.env.PORT };
    expect(await audit({ ...port, AWS_REGION: "eu-west-1" })).toEqual(agrees("us-east-1", "1 minute"));
    expect(await audit({ ...port, AWS_ENDPOINT_URL_DYNAMODB: url })).toEqual(agrees("us-east-1", "1 minute"));
    await east.stop();

    const west = await startIn({ AWS_REGION: "eu-west-1" }, [], 4);
    const PORT = west.env.PORT;
    const shells: Record<string, string>[] = [
      { PORT },
      { PORT, AWS_REGION: "us-east-1" },
      { PORT, AWS_ENDPOINT_URL_DYNAMODB: url },
      { AWS_ENDPOINT_URL_DYNAMODB: url, AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIAMACHINE" },
    ];
    for (const shell of shells) expect(await audit(shell)).toEqual(agrees("eu-west-1", "4 minutes"));
    expect(await west.count()).toBe(4);
    await west.stop();
  });

  it("npm run audit audits BEATS_TABLE when no service uses the database", async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: url, PORT: String(await freePort()) };
    const BEATS_TABLE = "heartbeat-dev-beats";

    expect(await audit({ ...env, BEATS_TABLE })).toEqual(agrees("us-east-1", "1 minute"));
    expect(await audit({ ...env, BEATS_TABLE, AWS_REGION: "eu-west-1" })).toEqual(
      agrees("eu-west-1", "4 minutes"),
    );
    expect(await audit(env)).toEqual({
      code: 1,
      lines: [
        `no service of this checkout uses the database at ${url}: set BEATS_TABLE to the name of the table`,
      ],
    });
  });

  it.each<[string, Record<string, string>, string[]]>([
    ["--region", {}, ["--region", "ap-south-1"]],
    ["--region and AWS_REGION", { AWS_REGION: "us-west-2" }, ["--region", "sa-east-1"]],
  ])("the table is created in the region of the functions with %s", async (_, env, options) => {
    const service = await startIn(env, options, 2);

    expect(await service.count()).toBe(2);
    expect(await audit({ PORT: service.env.PORT })).toEqual(agrees(options[1] ?? "", "2 minutes"));
    await service.stop();
  });

  it("sls invoke local uses the table of the region in --region", async () => {
    const { output, code } = await run(
      ["npx", "sls", "invoke", "local", "-f", "beats", "--region", "ap-south-1"],
      { folder, env: { AWS_ENDPOINT_URL_DYNAMODB: url } },
    );

    expect(answerIn(output)).toMatchObject({ body: '{"payload":2}' });
    expect(code).toBe(0);
  });
});
