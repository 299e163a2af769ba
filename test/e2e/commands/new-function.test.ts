import { cpSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { addHello } from "../../support/fixtures/hello.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";
import { type Service, startService } from "../../support/processes/service.ts";
import { faultsOf } from "../../support/programs/openapi.ts";

const TESTS = ["test/template", "test/unit/http", "test/unit/docs", "test/unit/repository/structure.test.ts"];

/** The function is added to serverless.yml, handlers/, cloud/roles.yml, lib/schemas and lib/http/operations.ts. */
describe("a new function with a route", () => {
  const folder = createCheckout();
  addHello(folder);

  it("passes the template, OpenAPI and documentation tests without a change of any test", {
    timeout: 400_000,
  }, async () => {
    cpSync("test", join(folder, "test"), { recursive: true });
    const without = ["--exclude", "test/template/lint.test.ts"];

    const { code, output } = await run(
      [
        "npx",
        "vitest",
        "run",
        "--reporter=verbose",
        "--project",
        "unit",
        "--project",
        "template",
        ...without,
        ...TESTS,
      ],
      { folder, env: { NO_COLOR: "1" } },
      380_000,
    );

    expect(code, output).toBe(0);
    expect(output).toContain("of hello is a resource of cloud/roles.yml");
    expect(output).toContain("get /hello has a description");
  });

  it("compiles", async () => {
    const { code, output } = await run(["npx", "tsc"], { folder });

    expect(output).toBe("");
    expect(code).toBe(0);
  });

  it("returns its reply to sls invoke local", async () => {
    const { code, output } = await run(["npx", "sls", "invoke", "local", "-f", "hello"], { folder });

    expect(output).toContain('"body": "{\\"payload\\":\\"hello\\"}"');
    expect(code).toBe(0);
  });

  describe("in sls offline", () => {
    let service: Service;
    beforeAll(async () => {
      service = await startService({ folder, env: { DYNAMODB: "embedded" } });
    });

    it("answers GET and HEAD as /openapi.json describes", async () => {
      const document = JSON.parse((await service.request("GET", "/openapi.json")).body.toString());

      const get = await service.request("GET", "/hello");
      const head = await service.request("HEAD", "/hello");

      expect(get.body).toEqual(Buffer.from('{"payload":"hello"}'));
      expect(faultsOf(document, "GET", "/hello", get)).toEqual([]);
      expect(faultsOf(document, "HEAD", "/hello", head)).toEqual([]);
    });

    it("stops cleanly", async () => {
      expect(await service.stop()).toEqual({ code: 0, left: [] });
    });
  });
});
