import { cpSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { namesIn } from "../../support/aws/creation-order.ts";
import { allOf, readTemplate } from "../../support/aws/template.ts";
import { applyDiff, DELETIONS, runCommands } from "../../support/fixtures/make-it-yours.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";
import { type Service, startService } from "../../support/processes/service.ts";
import { filesIn, reachableFrom } from "../../support/source-files.ts";

const FUNCTIONS = ["Beats", "Heartbeat", "Ping", "Pulse", "Settings"];
const OF_PULSE = [
  ...["/", "/badge.json", "/badge.svg", "/beats/history", "/feed.atom", "/health", "/metrics"],
  ...["/openapi.json", "/status"],
];
const ROUTES = ["/beats", "/ping", ...OF_PULSE];
/** The lines about routes that a start prints, without the address. */
const SUMMARY = {
  ...{ "/ping": "ping      /ping", "/beats": "beats     /beats", "/status": "status    /status" },
  ...{ "/": "page      /", "/health": "health    /health", "/openapi.json": "and more  /openapi.json" },
};

/** The functions and routes that each deletion deletes. Without any route there is no HTTP API. */
const DELETED: Record<string, { functions: string[]; routes: string[] }> = {
  Settings: { functions: ["Settings"], routes: [] },
  "The feed": { functions: [], routes: ["/feed.atom"] },
  "The status page": { functions: [], routes: ["/"] },
  "All of pulse": { functions: ["Pulse"], routes: OF_PULSE },
  "The HTTP API": { functions: ["Beats", "Ping", "Pulse"], routes: ROUTES },
};

/** The example of a job, which no function imports until the job does. */
const EXAMPLE = "lib/job/fetch-url.ts";

/** The files of handlers/ and lib/ that no function imports. */
const unusedFiles = (folder: string): string[] => {
  const handlers = readdirSync(join(folder, "handlers"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, "handlers", name));
  const used = reachableFrom(handlers);
  return ["handlers", "lib"]
    .flatMap((name) => filesIn(join(folder, name), /\.ts$/))
    .filter((file) => !used.has(file))
    .map((file) => relative(folder, file));
};

/** The functions and roles of a packaged template, and the names in it that are no resource of it. */
const readPackage = (folder: string) => {
  const template = readTemplate({ folder: join(folder, ".serverless") });
  const names = namesIn([template.Resources, template.Outputs]);
  return {
    functions: allOf(template, "AWS::Lambda::Function")
      .map(([name]) => name.replace("LambdaFunction", ""))
      .sort(),
    roles: allOf(template, "AWS::IAM::Role")
      .map(([name]) => name.replace("Role", ""))
      .sort(),
    unknown: names.filter((name) => !name.startsWith("AWS::") && template.Resources[name] === undefined),
  };
};

it("tests each deletion of docs/make-it-yours.md", () => {
  expect(DELETIONS.map(({ title }) => title)).toEqual(Object.keys(DELETED));
});

describe.each(DELETIONS)("a checkout without: $title", ({ title, files, tests, diff }) => {
  const { functions, routes } = DELETED[title] ?? { functions: [], routes: [] };
  const folder = createCheckout();
  let service: Service;
  beforeAll(async () => {
    cpSync("test", join(folder, "test"), { recursive: true });
    runCommands(folder, files);
    applyDiff(folder, diff);
    runCommands(folder, tests);
    service = await startService({ folder, env: { DYNAMODB: "embedded" } });
  });

  it("has only code that a function imports", () => {
    expect(unusedFiles(folder)).toEqual([EXAMPLE]);
  });

  it("compiles, the tests included", async () => {
    const { code, output } = await run(["node_modules/.bin/tsc"], { folder });

    expect({ code, output }).toEqual({ code: 0, output: "" });
  });

  it("has no unused import, and is formatted", async () => {
    const { code, output } = await run(
      ["node_modules/.bin/biome", "check", "--error-on-warnings", "handlers", "lib", "tools"],
      { folder },
    );

    expect(code, output).toBe(0);
  });

  it("names only the routes that exist when it starts", () => {
    const urls = service.program.lines().filter((line) => line.includes(`${service.url}/`));

    expect(urls.map((line) => line.replace(service.url, ""))).toEqual(
      Object.entries(SUMMARY)
        .filter(([path]) => !routes.includes(path))
        .map(([, line]) => line),
    );
  });

  it("counts a beat of npm run beat, which prints the count if there is one", async () => {
    const { code, lines } = await run(["npm", "run", "-s", "beat"], { folder, env: service.env });

    expect({ code, lines }).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(/^\{"counted":true,"minute":"[^"]+"\}$/),
        ...(functions.includes("Beats") ? [] : ['{"payload":1}']),
      ],
    });
  });

  it("returns 404 for the deleted routes and 200 for all others", async () => {
    const isApiDeleted = routes.length === ROUTES.length;
    const statusOf = async (path: string) => {
      const reply = await service.request("GET", path).catch(() => undefined);
      return [path, reply?.status ?? "no reply"];
    };

    expect(Object.fromEntries(await Promise.all(ROUTES.map(statusOf)))).toEqual(
      Object.fromEntries(
        ROUTES.map((path) => [path, isApiDeleted ? "no reply" : routes.includes(path) ? 404 : 200]),
      ),
    );
  });

  it("stops cleanly", async () => {
    expect(await service.stop()).toEqual({ code: 0, left: [] });
  });

  it("can be packaged with the other functions and their roles, and the template refers to nothing else", async () => {
    const { code, output } = await run(["node_modules/.bin/sls", "package"], { folder });

    expect(code, output).toBe(0);
    const left = FUNCTIONS.filter((name) => !functions.includes(name));
    expect(readPackage(folder)).toEqual({ functions: left, roles: left, unknown: [] });
  });
});
