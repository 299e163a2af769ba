import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, startEngine } from "../../../tools/local/database/engines.ts";
import {
  cancel,
  cutOff,
  fail,
  loseReply,
  passOn,
  reply,
  type Step,
  startFaultProxy,
} from "../../support/fakes/fault-proxy.ts";
import { freshTime, tickAt } from "../../support/fixtures/ticks.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { type Service, startService } from "../../support/processes/service.ts";

/** Credentials in every environment variable that the SDK reads, and in the URL of the database. */
const SECRETS = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  AWS_SESSION_TOKEN: "IQoJb3JpZ2luX2VjEXAMPLETOKEN",
  AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-authorization-example",
};
const PASSWORD = "pass-word-of-the-url";

/** Appears in the message of each database error, like the names of tables, roles and accounts in errors of AWS. */
const CAUSE = "arn:aws:dynamodb:us-east-1:123456789012:table/heartbeat-dev-beats";
const refusal = (type: string) =>
  reply(400, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: `not authorized on ${CAUSE}` });

const ROUTES = ["/", "/ping", "/beats", "/beats/history", "/status", "/health", "/metrics", "/badge.svg"];
const INSIDE =
  /\n\s+at |node_modules|heartbeat-dev-|123456789012|dynamodb|127\.0\.0\.1|ECONN|\w(Exception|Error)\b/i;

let step: Step = passOn;
let engine: Engine;
let proxy: Awaited<ReturnType<typeof startFaultProxy>>;
let service: Service;
beforeAll(async () => {
  engine = await startEngine("embedded");
  proxy = await startFaultProxy(() => step, engine.url);
  const { port } = new URL(proxy.url);
  service = await startService({
    folder: createCheckout(),
    env: { ...SECRETS, AWS_ENDPOINT_URL_DYNAMODB: `http://user:${PASSWORD}@127.0.0.1:${port}` },
  });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await engine.stop();
});

describe("when the database", () => {
  it.each<[string, Step]>([
    ["denies access", refusal("AccessDeniedException")],
    ["does not have the table", refusal("ResourceNotFoundException")],
    ["rejects the access key", refusal("UnrecognizedClientException")],
    ["rejects a request as malformed", refusal("ValidationException")],
    ["cancels a transaction for an unknown reason", cancel("None", "ValidationError", "None")],
    ["fails", fail(500, "InternalServerError")],
    ["is another HTTP server", (response) => response.end(`<html>${CAUSE}</html>`)],
    ["returns malformed data", reply(200, { Item: { beats: CAUSE }, Items: [{ sk: CAUSE }] })],
    [
      "returns a row of another shape",
      reply(200, { Item: { beats: { S: CAUSE } }, Items: [{ sk: { S: "live" }, beats: { S: CAUSE } }] }),
    ],
    ["breaks off a reply", cutOff],
    ["is down", loseReply],
  ])("%s, no reply exposes internals and no log line contains a credential", async (_, fault) => {
    step = fault;

    const replies = await Promise.all(ROUTES.map((path) => service.request("GET", path)));
    await service.deliver(tickAt(freshTime()));

    for (const [n, { status, headers, body }] of replies.entries()) {
      const text = [...headers].join("\n") + body.toString().replace(/<(script|style)[\s\S]*?<\/\1>/g, "");
      expect([ROUTES[n], status, INSIDE.exec(text)?.[0]]).toEqual([ROUTES[n], status, undefined]);
      expect([200, 500, 503]).toContain(status);
    }
    const log = service.program.output();
    for (const secret of [...Object.values(SECRETS), PASSWORD]) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/Credential=|Signature=|AWS4-HMAC/);
  });
});

it("the log contains the cause that the replies hide", () => {
  expect(service.program.output()).toContain(`not authorized on ${CAUSE}`);
});
