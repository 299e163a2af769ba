import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(path, "utf8");
const CI = read(".github/workflows/ci.yml");
const DEPLOY = read(".github/workflows/deploy.yml");

const SERVICES: Record<string, string> = {
  "client-cloudformation": "cloudformation",
  "client-cloudwatch": "cloudwatch",
  "client-cloudwatch-logs": "logs",
  "client-sqs": "sqs",
};

/** The IAM actions of the SDK commands that a file imports, paginated ones included. */
const actionsIn = (file: string): string[] =>
  [...read(file).matchAll(/import \{([^}]*)\} from "@aws-sdk\/([\w-]+)"/g)].flatMap(
    ([, names = "", client = ""]) =>
      [...names.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)].map(
        ([, paginated, command]) => `${SERVICES[client]}:${paginated ?? command}`,
      ),
  );

test("docs/smoke-policy.json allows exactly the actions that npm run smoke calls", () => {
  const files = [
    "tools/cli/deployed.ts",
    ...readdirSync("tools/cli/smoke").map((name) => `tools/cli/smoke/${name}`),
  ];
  const { Statement } = JSON.parse(read("docs/smoke-policy.json"));
  const allowed = Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);

  expect(allowed.sort()).toEqual([...new Set(files.flatMap(actionsIn))].sort());
});

test("the trust policy admits only the environments of one repository", () => {
  const [statement, ...others] = JSON.parse(read("docs/github-trust-policy.json")).Statement;

  expect(others).toEqual([]);
  expect(statement.Action).toBe("sts:AssumeRoleWithWebIdentity");
  for (const subject of statement.Condition.StringEquals["token.actions.githubusercontent.com:sub"]) {
    expect(subject).toMatch(/^repo:OWNER\/REPOSITORY:environment:\w+$/);
  }
});

test("the deploy workflow packages, deploys and checks a stage, and does nothing without a role", () => {
  const commands = [...DEPLOY.matchAll(/- run: (.*)/g)].map(([, command]) => command);

  expect(commands).toEqual([
    "npm ci",
    'npx sls package --stage "$STAGE" --region "$AWS_REGION"',
    'npx sls deploy --stage "$STAGE" --region "$AWS_REGION"',
    'npm run smoke -- --stage "$STAGE" --region "$AWS_REGION"',
  ]);
  expect(DEPLOY).toContain("if: vars.DEPLOY_ROLE_ARN != ''");
  expect(DEPLOY).toMatch(/role-to-assume: \$\{\{ vars\.DEPLOY_ROLE_ARN \}\}/);
});

test("each action of the workflows is pinned to a commit", () => {
  const used = [...`${CI}${DEPLOY}`.matchAll(/uses: (\S+)/g)].map(([, action]) => action);

  expect(used.length).toBeGreaterThan(2);
  for (const action of used) expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40}$/);
});
