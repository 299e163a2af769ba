import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../support/databases/table.ts";
import { answer, drop, hang, type Receiver, startReceiver } from "../../support/fakes/receiver.ts";
import { switchOnExample } from "../../support/fixtures/example-job.ts";
import { freshTime, minuteOf, tickAt } from "../../support/fixtures/ticks.ts";
import { createCheckout, edit } from "../../support/processes/checkout.ts";
import { answerIn } from "../../support/processes/invoke-local.ts";
import { run } from "../../support/processes/program.ts";
import { type Service, startService } from "../../support/processes/service.ts";

/** A checkout in which the example is switched on. */
const createExample = (url: string): string => {
  const folder = createCheckout();
  switchOnExample(folder, url);
  return folder;
};

const BODY = { bytes: 2, sha256: createHash("sha256").update("OK").digest("hex") };

describe("the example of a job, switched on as docs/your-job.md says", () => {
  let receiver: Receiver;
  let folder: string;
  let service: Service;
  beforeAll(async () => {
    receiver = await startReceiver();
    folder = createExample(receiver.url);
    service = await startService({ folder, env: { DYNAMODB: "embedded" } });
  });
  beforeEach(() => {
    receiver.receive = answer(200);
    receiver.calls.length = 0;
  });
  afterAll(() => receiver.stop());

  /** The row that the job stored for a minute. */
  const rowOf = async (minute: string) => {
    const get = new GetCommand({ TableName: "heartbeat-dev-beats", Key: { pk: "fetch", sk: minute } });
    return (await connect(service.databaseUrl).send(get)).Item;
  };
  const rowWith = (minute: string, status: number) => ({
    ...{ pk: "fetch", sk: minute, status, ...BODY },
    ms: expect.any(Number),
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  const failure = (minute: string, reason: string) => `job fetchUrl failed for ${minute}: ${reason}`;
  const host = () => new URL(receiver.url).host;

  it("stores the result, counts the minute, and logs the name of the job although the bundle is minified", async () => {
    const before = await service.count();
    const time = freshTime();
    const minute = minuteOf(time);

    const reply = await service.deliver(tickAt(time));

    expect(reply).toEqual({ counted: true, minute });
    expect(receiver.calls).toHaveLength(1);
    expect(await rowOf(minute)).toEqual(rowWith(minute, 200));
    expect(await service.count()).toBe(before + 1);
    const line = await service.program.waitForLine(new RegExp(`job: .*${minute}`), 5_000);
    expect(line).toMatch(/^\{ job: 'fetchUrl', minute: '[^']+', ms: \d+ \}$/);
  });

  it("does not request the URL again for a stored minute", async () => {
    const time = freshTime();
    await service.deliver(tickAt(time));

    const again = await service.deliver({ ...tickAt(time), id: "another" });

    expect(again).toEqual({ counted: false, minute: minuteOf(time) });
    expect(receiver.calls).toHaveLength(1);
  });

  it("counts the minute once when the server fails twice and then succeeds", async () => {
    const before = await service.count();
    const time = freshTime();
    const minute = minuteOf(time);

    receiver.receive = answer(503);
    const first = await service.deliver(tickAt(time));
    const stored = await rowOf(minute);
    receiver.receive = drop;
    const second = await service.deliver(tickAt(time));
    const counted = await service.count();
    receiver.receive = answer(200);
    const third = await service.deliver(tickAt(time));

    expect(first).toMatchObject({ errorMessage: failure(minute, `Error: ${host()} returned 503`) });
    expect(stored).toEqual(rowWith(minute, 503));
    expect(second).toMatchObject({
      errorMessage: expect.stringContaining(failure(minute, "TypeError: fetch failed (")),
    });
    expect(counted).toBe(before);
    expect(third).toEqual({ counted: true, minute });
    expect(await rowOf(minute)).toEqual(rowWith(minute, 200));
    expect(await service.count()).toBe(before + 1);
  });

  it("npm run beat prints the failure of the job, and then the count when the job succeeds", async () => {
    const before = await service.count();
    receiver.receive = answer(500);
    const failed = await run(["npm", "run", "-s", "beat"], { folder, env: service.env });
    receiver.receive = answer(200);
    const succeeded = await run(["npm", "run", "-s", "beat"], { folder, env: service.env });

    expect(failed.code).toBe(1);
    expect(failed.lines).toEqual([
      expect.stringMatching(
        /^heartbeat failed: job fetchUrl failed for [\d-]+T[\d:]+Z: Error: 127\.0\.0\.1:\d+ returned 500$/,
      ),
    ]);
    expect(succeeded.code).toBe(0);
    expect(succeeded.lines).toEqual([
      expect.stringMatching(/^\{"counted":true,"minute":"[^"]+"\}$/),
      `{"payload":${before + 1}}`,
    ]);
  });

  it("sls invoke local runs the job", async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: service.databaseUrl };
    const command = ["npx", "sls", "invoke", "local", "-f", "heartbeat", "--path", "events/heartbeat.json"];

    const { code, output } = await run(command, { folder, env });

    expect(answerIn(output)).toMatchObject({ counted: true });
    expect(output).toContain("job: 'fetchUrl'");
    expect(receiver.calls).toHaveLength(1);
    expect(code).toBe(0);
  });

  it("does not request the URL during a pause", async () => {
    await run(["npm", "run", "-s", "pause", "--", "upgrade"], { folder, env: service.env });
    const { pause } = Object(await service.invoke("settings", {}));

    const reply = await service.deliver(tickAt(pause.from.replace("Z", ":00Z")));
    await run(["npm", "run", "-s", "resume"], { folder, env: service.env });

    expect(reply).toEqual({ counted: false, minute: pause.from, paused: true });
    expect(receiver.calls).toEqual([]);
  });

  it("the audit and /status ignore the rows of the job", async () => {
    const beats = await service.count();

    const { code, lines } = await run(["npm", "run", "-s", "audit"], { folder, env: service.env });
    const status = await service.request("GET", "/status");

    expect(lines.at(-1)).toBe(`${beats} minutes, every sum agrees`);
    expect(code).toBe(0);
    expect(JSON.parse(status.body.toString())).toMatchObject({ beats });
  });

  it("stops within the time limit of a stop while a job waits, and leaves nothing behind", async () => {
    receiver.receive = hang;
    const delivery = service.deliver(tickAt(freshTime())).catch(() => "closed");
    await expect.poll(() => receiver.calls.length).toBe(1);

    const ending = await service.stop();

    expect(ending).toEqual({ code: 0, left: [] });
    expect(await delivery).toBe("closed");
  });
});

describe("a job that takes too long", () => {
  it("fails with its time limit, and the minute counts when a retry succeeds", async () => {
    await using receiver = await startReceiver(hang);
    const folder = createExample(receiver.url);
    // 98.75 s are kept for recording.
    edit(join(folder, "serverless.yml"), (text) => text.replace("timeout: 180", "timeout: 101"));
    const service = await startService({ folder, env: { DYNAMODB: "embedded" } });
    const time = freshTime();

    const late = await service.deliver(tickAt(time));
    receiver.receive = answer(200);
    const retry = await service.deliver(tickAt(time));

    expect(late).toMatchObject({
      errorMessage: expect.stringMatching(
        /^job fetchUrl failed for .+Z: TimeoutError: the job exceeded its time limit of [12]\.\d s$/,
      ),
    });
    expect(retry).toEqual({ counted: true, minute: minuteOf(time) });
    expect(await service.count()).toBe(1);
    await service.stop();
  });
});

it("the statement of the example allows the role to write rows of the job's partition only", async () => {
  const folder = createExample("https://api.example.com/health");

  const { code, output } = await run(["npx", "sls", "package"], { folder });

  expect([code, output]).toEqual([0, output]);
  const template = readFileSync(
    join(folder, ".serverless/cloudformation-template-update-stack.json"),
    "utf8",
  );
  const { Policies } = JSON.parse(template).Resources.HeartbeatRole.Properties;
  const [statement, ...others] = Policies[0].PolicyDocument.Statement;
  expect(statement).toEqual({
    Effect: "Allow",
    Action: "dynamodb:PutItem",
    Resource: others[0].Resource,
    Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["fetch"] } },
  });
  expect(others).toHaveLength(3);
});
