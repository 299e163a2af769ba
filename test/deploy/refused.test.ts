import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployable, noEmulator, replaceIn, startAws } from "../support/deployed.ts";
import type { EmulatedAws } from "../support/emulated-aws.ts";

describe.skipIf(noEmulator)("beats and pulse, whose roles may not read the table", () => {
  let folder: string;
  let aws: EmulatedAws;
  let api: Awaited<ReturnType<EmulatedAws["openApi"]>>;
  beforeAll(async () => {
    folder = createDeployable();
    replaceIn(folder, ["cloud/roles.yml"], /dynamodb:(GetItem|Query)/g, "dynamodb:DescribeTable");
    aws = await startAws();
    await aws.slsOrThrow(folder, "deploy", "--param=schedule=false");
    api = await aws.openApi(folder);
  });
  afterAll(async () => {
    expect(await aws?.stop()).toEqual([]);
  });

  it.each(["/beats", "/status", "/metrics", "/badge.json"])(
    "answer %s with a problem that tells nothing of the inside",
    async (path) => {
      const { status, headers, body } = await api.request("GET", path);

      expect(status).toBe(503);
      expect(headers.get("content-type")).toBe("application/problem+json");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(body.toString()).toBe(
        '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The beats can\'t be read at the moment. Try again soon."}',
      );
      expect(JSON.stringify([...headers])).not.toMatch(/heartbeat|dynamodb|denied|authorized/i);
    },
  );

  it("fail at /health", async () => {
    const { status, headers, body } = await api.request("GET", "/health");

    expect(status).toBe(503);
    expect(headers.get("content-type")).toBe("application/health+json");
    expect(body.toString()).toBe(
      '{"status":"fail","output":"The beats can\'t be read at the moment. Try again soon."}',
    );
  });

  it("say unknown on the page", async () => {
    const { status, headers, body } = await api.request("GET", "/");

    expect(status).toBe(503);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(body.toString()).toContain('<h1 id="word">Unknown</h1>');
  });

  it("draw a badge that says unknown", async () => {
    const { status, headers, body } = await api.request("GET", "/badge.svg");

    expect(status).toBe(503);
    expect(headers.get("content-type")).toBe("image/svg+xml");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body.toString()).toContain("<title>heartbeat: unknown</title>");
  });

  it("tell their routes all the same", async () => {
    expect((await api.request("GET", "/openapi.json")).status).toBe(200);
  });

  it.each(["/", "/beats", "/status", "/health", "/metrics", "/badge.svg", "/badge.json"])(
    "answer HEAD %s with the same status and no body",
    async (path) => {
      const { status, body } = await api.request("HEAD", path);

      expect({ status, body: body.toString() }).toEqual({ status: 503, body: "" });
    },
  );

  it("have the cause and the request's id in its log", async () => {
    const { lines } = await aws.slsOrThrow(folder, "logs", "-f", "beats");

    const cause = lines.find((line) => line.includes("AccessDeniedException"));
    expect(cause).toContain("not authorized to perform: dynamodb:GetItem");
    expect(cause).toMatch(/"requestId":"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"/);
  });

  it("leave ping as it is", async () => {
    expect(await api.text("/ping")).toBe('{"payload":"PONG"}');
  });
});
