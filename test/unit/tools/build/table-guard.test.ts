import { describe, expect, test } from "vitest";
import {
  checkHolder,
  checkUpdate,
  otherHolder,
  requireTable,
  type Template,
} from "../../../../tools/build/table-guard.ts";

const OWN = "heartbeat-dev-beats";
const OTHER = "beats-restored";

/** The template that serverless.yml produces for the parameters keepTable and existingTable. */
const deployed = ({ keep, existing = "", own = OWN }: { keep: boolean; existing?: string; own?: string }) => {
  const policy = keep ? "Retain" : "Delete";
  return {
    Conditions: { OwnsTable: { "Fn::Equals": [existing, ""] } },
    Resources: { BeatsTable: { DeletionPolicy: policy, UpdateReplacePolicy: policy } },
    Outputs: { BeatsTableName: { Value: existing || own } },
  } satisfies Template;
};

const TEMPLATES = {
  /** The first template of an interrupted deployment, with only the deployment bucket. */
  "no table yet": {},
  "own table, deleted": deployed({ keep: false }),
  "own table, kept": deployed({ keep: true }),
  "renamed own table, deleted": deployed({ keep: false, own: "beats" }),
  "renamed own table, kept": deployed({ keep: true, own: "beats" }),
  "its own as existing table, keepTable=false": deployed({ keep: false, existing: OWN }),
  "its own as existing table, keepTable=true": deployed({ keep: true, existing: OWN }),
  "another existing table, keepTable=false": deployed({ keep: false, existing: OTHER }),
  "another existing table, keepTable=true": deployed({ keep: true, existing: OTHER }),
} as const;
type Name = keyof typeof TEMPLATES;

const names = Object.keys(TEMPLATES).filter((name): name is Name => name in TEMPLATES);

/** For each live template, the next ones that would delete its table, and those that CloudFormation would reject. */
const REFUSED: Record<Name, { deletes: Name[]; fails: Name[] }> = {
  "no table yet": { deletes: [], fails: [] },
  "own table, deleted": {
    deletes: names.filter((next) => !["own table, deleted", "own table, kept"].includes(next)),
    fails: [],
  },
  "own table, kept": { deletes: ["renamed own table, deleted"], fails: [] },
  "renamed own table, deleted": {
    deletes: names.filter(
      (next) => !["renamed own table, deleted", "renamed own table, kept"].includes(next),
    ),
    fails: [],
  },
  "renamed own table, kept": { deletes: ["own table, deleted"], fails: [] },
  "its own as existing table, keepTable=false": {
    deletes: [],
    fails: ["own table, deleted", "own table, kept"],
  },
  "its own as existing table, keepTable=true": {
    deletes: [],
    fails: ["own table, deleted", "own table, kept"],
  },
  "another existing table, keepTable=false": { deletes: [], fails: [] },
  "another existing table, keepTable=true": { deletes: [], fails: [] },
};

const outcome = (live: Name, next: Name): string => {
  try {
    checkUpdate("heartbeat-dev", TEMPLATES[live], TEMPLATES[next]);
    return "passes";
  } catch (error) {
    return (
      /^this update would (delete|fail)/.exec(String(error instanceof Error && error.message))?.[1] ?? "?"
    );
  }
};

describe("checkUpdate", () => {
  test.each(names.flatMap((live) => names.map((next) => ({ live, next }))))(
    "from: $live; to: $next",
    ({ live, next }) => {
      const { deletes, fails } = REFUSED[live];
      const expected = deletes.includes(next) ? "delete" : fails.includes(next) ? "fail" : "passes";

      expect(outcome(live, next)).toBe(expected);
    },
  );

  test("throws the safe way when the update would delete the table", () => {
    expect(() =>
      checkUpdate(
        "heartbeat-dev",
        TEMPLATES["own table, deleted"],
        TEMPLATES["its own as existing table, keepTable=true"],
      ),
    ).toThrow(
      'this update would delete the table heartbeat-dev-beats with all its beats, because the stack heartbeat-dev contains it and does not retain it: deploy once with --param="keepTable=true" and no other change, then repeat this command',
    );
  });

  test("throws the parameter to set when the update would create an existing table", () => {
    expect(() =>
      checkUpdate(
        "heartbeat-dev",
        TEMPLATES["its own as existing table, keepTable=true"],
        TEMPLATES["own table, kept"],
      ),
    ).toThrow(
      'this update would fail: the stack heartbeat-dev uses the existing table heartbeat-dev-beats and cannot create a table of that name: deploy with --param="existingTable=heartbeat-dev-beats"',
    );
  });

  test("throws when the update renames a table that is retained on removal but not on replacement", () => {
    const live: Template = deployed({ keep: true });
    const unequal = {
      ...live,
      Resources: { BeatsTable: { DeletionPolicy: "Retain", UpdateReplacePolicy: "Delete" } },
    };

    expect(() => checkUpdate("heartbeat-dev", unequal, TEMPLATES["renamed own table, kept"])).toThrow(
      /^this update would delete/,
    );
  });
});

describe("requireTable", () => {
  test("accepts a template with the resource BeatsTable, owned or not", () => {
    for (const keep of [true, false]) expect(() => requireTable(deployed({ keep }))).not.toThrow();
    expect(() => requireTable(deployed({ keep: true, existing: OTHER }))).not.toThrow();
  });

  test.each([{}, { Resources: {} }])("rejects the template %j with the name to use", (template) => {
    expect(() => requireTable(template)).toThrow(
      "serverless.yml has no resource BeatsTable: give the table of beats this name again, because cloud/dead-letters.yml and the checks that prevent its deletion refer to it",
    );
  });
});

describe("a table of another stack", () => {
  const next = deployed({ keep: true, existing: "heartbeat-old-beats" });

  test.each([
    [next, "heartbeat-old"],
    [deployed({ keep: true, existing: "nightly-report-prod-beats" }), "nightly-report-prod"],
    [deployed({ keep: true, existing: OTHER }), undefined],
    [deployed({ keep: true, existing: "beats-beats" }), "beats"],
    [deployed({ keep: true }), undefined],
    [{}, undefined],
  ])("is searched in the stack that its name contains, case %#", (template, holder) => {
    expect(otherHolder(template)).toBe(holder);
  });

  test("is rejected when that stack deletes it on removal", () => {
    const holder = deployed({ keep: false, own: "heartbeat-old-beats" });

    expect(() => checkHolder("heartbeat-old", holder, next)).toThrow(
      'existingTable=heartbeat-old-beats belongs to the stack heartbeat-old, which deletes it when that stack is removed: deploy that stack once with --param="keepTable=true", then repeat this command',
    );
  });

  test.each([
    ["retains it", deployed({ keep: true, own: "heartbeat-old-beats" })],
    ["uses it without containing it", deployed({ keep: false, existing: "heartbeat-old-beats" })],
    ["contains a table of another name", deployed({ keep: false, own: "heartbeat-older-beats" })],
    ["contains no table", {}],
  ])("is accepted when that stack %s", (_, holder) => {
    expect(() => checkHolder("heartbeat-old", holder, next)).not.toThrow();
  });
});
