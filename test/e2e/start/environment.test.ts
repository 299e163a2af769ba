import { expect, it } from "vitest";
import { createCheckout } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";
import { NPM_START, startService } from "../../support/processes/service.ts";

const folder = createCheckout();
const NOWHERE = "http://127.0.0.1:9";

/** Variables that a shell can contain and that are not meant for this service. */
const ENVIRONMENTS: [string, Record<string, string>][] = [
  [
    "proxies",
    {
      ...{ HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE, http_proxy: NOWHERE, https_proxy: NOWHERE },
      ...{ ALL_PROXY: NOWHERE, NO_PROXY: "example.org", NODE_USE_ENV_PROXY: "1" },
    },
  ],
  [
    "AWS settings",
    {
      ...{ AWS_PROFILE: "nowhere", AWS_REGION: "", AWS_DEFAULT_REGION: "eu-west-1", AWS_MAX_ATTEMPTS: "1" },
      ...{
        AWS_RETRY_MODE: "none",
        AWS_DEFAULTS_MODE: "none",
        AWS_ENDPOINT_URL: NOWHERE,
        AWS_ENDPOINT_URL_LAMBDA: NOWHERE,
      },
      ...{
        AWS_ACCOUNT_ID_ENDPOINT_MODE: "required",
        AWS_LAMBDA_FUNCTION_NAME: "other",
        AWS_STS_REGIONAL_ENDPOINTS: "none",
      },
    },
  ],
  [
    "Node, npm and terminal settings",
    {
      ...{
        NODE_ENV: "production",
        NODE_OPTIONS: "--no-warnings --enable-source-maps --require fs",
        npm_config_omit: "dev",
      },
      ...{ LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", TZ: "Asia/Kathmandu", FORCE_COLOR: "3", TERM: "dumb" },
    },
  ],
  ["a home folder that cannot be written", { HOME: "/dev/null/home" }],
  [
    "settings of other services",
    {
      ...{
        BEATS_TABLE: "other",
        NOTIFY_URL: NOWHERE,
        LATE_AFTER: "soon",
        DOWN_AFTER: "later",
        AUTHORIZER: "x",
      },
      ...{ IS_OFFLINE: "false", SLS_DEBUG: "*", SLS_LOG_LEVEL: "debug", DEBUG: "*" },
    },
  ],
];

it.each(ENVIRONMENTS)("a local run works with %s in the environment", async (_, env) => {
  const service = await startService({ folder, command: NPM_START, env: { ...env, DYNAMODB: "embedded" } });

  const beat = await run(["npm", "run", "-s", "beat"], { folder, env: { ...env, ...service.env } });
  const ending = await service.stop();

  expect(beat).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^\{"counted":true,.*\}\n\{"payload":1\}\n$/m),
  });
  expect(service.program.output()).toMatch(/heartbeat-dev-beats/);
  expect(ending).toEqual({ code: 0, left: [] });
});

it("npm installs the development dependencies although NODE_ENV is production", async () => {
  const env = { NODE_ENV: "production" };

  const { code, output } = await run(["npm", "ls", "--depth=0", "--parseable", "serverless", "typescript"], {
    folder: process.cwd(),
    env,
  });

  expect({ code, lines: output.trim().split("\n").length }).toEqual({ code: 0, lines: 2 });
});
