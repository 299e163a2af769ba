import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { replaceIn } from "../support/processes/checkout.ts";

describe("beats and pulse without permission to read the table", needsAws(), () => {
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

  it.each(["/beats", "/status", "/beats/history", "/metrics", "/badge.json"])(
    "answer %s with a problem that reveals no internal detail",
    async (path) => {
      const { status, headers, body } = await api.request("GET", path);

      expect(status).toBe(500);
      expect(headers.get("content-type")).toBe("application/problem+json");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(body.toString()).toBe(
        '{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"Internal error. See the log of the function."}',
      );
      expect(JSON.stringify([...headers])).not.toMatch(/heartbeat|dynamodb|denied|authorized/i);
    },
  );

  it("report fail at /health", async () => {
    const { status, headers, body } = await api.request("GET", "/health");

    expect(status).toBe(500);
    expect(headers.get("content-type")).toBe("application/health+json");
    expect(body.toString()).toBe('{"status":"fail","output":"Internal error. See the log of the function."}');
  });

  it("return a badge that shows unknown", async () => {
    const { status, headers, body } = await api.request("GET", "/badge.svg");

    expect(status).toBe(500);
    expect(headers.get("content-type")).toBe("image/svg+xml");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body.toString()).toContain("<title>heartbeat: unknown</title>");
  });

  it("still return /openapi.json", async () => {
    expect((await api.request("GET", "/openapi.json")).status).toBe(200);
  });

  it("show unknown on the page", async () => {
    const { status, headers, body } = await api.request("GET", "/");

    expect(status).toBe(500);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(body.toString()).toContain('<h1 id="word">Unknown</h1>');
  });

  it.each(["/", "/beats", "/status", "/health", "/beats/history", "/metrics", "/badge.svg", "/badge.json"])(
    "answer HEAD %s with the same status and no body",
    async (path) => {
      const { status, body } = await api.request("HEAD", path);

      expect({ status, body: body.toString() }).toEqual({ status: 500, body: "" });
    },
  );

  it("log the cause and the missing permission", async () => {
    const { lines } = await aws.slsOrThrow(folder, "logs", "-f", "beats");

    const cause = lines.find((line) => line.includes("AccessDeniedException"));
    expect(cause).toContain("StoreRefusedError: the beats could not be read: AccessDeniedException: ");
    expect(cause).toMatch(
      /Allow the role of this function dynamodb:GetItem on table heartbeat-[\w-]+-beats, and the use/,
    );
  });

  it("do not affect ping", async () => {
    expect(await api.text("/ping")).toBe('{"payload":"PONG"}');
  });
});
