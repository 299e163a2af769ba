import { describe, expect, test } from "vitest";
import { checkParameterNames, checkParameters, type Parameters } from "../../../../tools/build/parameters.ts";

const check = (parameters: Partial<Parameters>) => () =>
  checkParameters({
    service: "heartbeat",
    stage: "dev",
    alarmEmail: null,
    every: "1",
    existingTable: null,
    keepTable: "false",
    lateAfter: "150",
    downAfter: "270",
    ...parameters,
  });

const LONGEST = "a".repeat(44);

describe("a stage", () => {
  test.each(["dev", "prod", "pr-12", LONGEST])("%s is accepted", (stage) => {
    expect(check({ stage })).not.toThrow();
  });

  test.each(["", "Prod", "1st", "-a", "a_b", "a b", `${LONGEST}a`])(
    "%j is rejected with its name",
    (stage) => {
      expect(check({ stage })).toThrow(
        `invalid stage ${stage}: use at most 44 lowercase letters, digits and hyphens, starting with a letter`,
      );
    },
  );

  test("of 44 characters makes a function name of 64, the maximum of Lambda", () => {
    expect(`heartbeat-${LONGEST}-heartbeat`).toHaveLength(64);
  });
});

describe("a param", () => {
  test.each([
    { alarmEmail: "me@example.org" },
    { alarmEmail: "me+heart@mail.example.co.uk" },
    { every: "60", lateAfter: "7230", downAfter: "14430" },
    { every: 1 },
    { existingTable: "heartbeat-prod-beats-restored" },
    { existingTable: "heartbeat-dev-beats", keepTable: "true" },
    { reservedConcurrency: 1 },
    { lateAfter: "180", downAfter: "604800" },
    { lateAfter: 180, downAfter: 600 },
    { notifyUrl: "https://hc.example.org/2c41/start?rid=7" },
    { notifyUrl: "http://127.0.0.1:7719/" },
    { notifyUrl: "" },
  ])("that is valid is accepted: %j", (parameters) => {
    expect(check(parameters)).not.toThrow();
  });

  test.each(["", "me", "me@", "me@localhost", "@example.org", "a b@example.org", "me@example..org"])(
    "alarmEmail=%s is rejected with its value",
    (alarmEmail) => {
      expect(check({ alarmEmail })).toThrow(
        `invalid param alarmEmail=${alarmEmail}: use an e-mail address such as me@example.org`,
      );
    },
  );

  test.each(["", "0", "7", "90", "05", "-1", "1.5", "5 minutes", 0, 7])(
    "every=%s is rejected with its value and the accepted ones",
    (every) => {
      expect(check({ every })).toThrow(
        new RegExp(`^invalid param every=${every}: EVERY must .*1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30.*60`),
      );
    },
  );

  test.each(["", "ab", "a/b", "x".repeat(256)])(
    "existingTable=%s is rejected with its value",
    (existingTable) => {
      expect(check({ existingTable })).toThrow(
        `invalid param existingTable=${existingTable}: use a table name of 3 to 255 letters, digits, _ . and -`,
      );
    },
  );

  test.each(["", "maybe", "TRUE"])("keepTable=%s is rejected with its value", (keepTable) => {
    expect(check({ keepTable })).toThrow(`invalid param keepTable=${keepTable}: use true or false`);
  });

  test.each(["0", 0, "-1", "many", "1.5", ""])(
    "reservedConcurrency=%s is rejected with its value",
    (reservedConcurrency) => {
      expect(check({ reservedConcurrency })).toThrow(
        `invalid param reservedConcurrency=${reservedConcurrency}: use a whole number from 1; 0 would stop the heartbeat`,
      );
    },
  );

  test("existingTable is rejected when it is the stage's own table and keepTable is false", () => {
    expect(check({ existingTable: "heartbeat-dev-beats" })).toThrow(
      "invalid param existingTable=heartbeat-dev-beats: stage dev creates this table and, with keepTable=false, would delete it; deploy with keepTable=true first",
    );
  });

  test("existingTable is rejected when it is the stage's own table of a renamed service", () => {
    expect(check({ service: "pulse", existingTable: "pulse-dev-beats" })).toThrow(
      "invalid param existingTable=pulse-dev-beats: stage dev creates this table",
    );
  });

  test.each([
    [
      { lateAfter: "60" },
      "LATE_AFTER must be whole seconds, at least 130 and less than 604800 (7 days), not 60",
    ],
    [{ downAfter: "150" }, "DOWN_AFTER must be whole seconds, more than LATE_AFTER (150) and at most 604800"],
  ])("%j is rejected with its value", (given, fault) => {
    const { lateAfter, downAfter } = { lateAfter: "150", downAfter: "270", ...given };

    expect(check(given)).toThrow(
      `invalid params lateAfter=${lateAfter} and downAfter=${downAfter}: ${fault}`,
    );
  });

  test.each(["secret", "http://hc.example.org/secret", "https://me:secret@hc.example.org/"])(
    "notifyUrl=%s is rejected by its name, without its value",
    (notifyUrl) => {
      expect(check({ notifyUrl })).toThrow(
        /^invalid param notifyUrl: NOTIFY_URL must be an https URL, or an http URL of this machine: (?!.*(secret|example))/,
      );
    },
  );

  test("that serverless.yml does not read is rejected with the names that it reads", () => {
    expect(() => checkParameterNames(["schedule", "alarmMail"])).toThrow(
      "unknown param alarmMail: use alarmEmail, downAfter, every, existingTable, keepTable, lateAfter, notifyUrl, reservedConcurrency, schedule",
    );
  });

  test.each([
    "alarmEmail",
    "downAfter",
    "every",
    "existingTable",
    "keepTable",
    "lateAfter",
    "notifyUrl",
    "reservedConcurrency",
    "schedule",
  ])("named %s is accepted", (name) => {
    expect(() => checkParameterNames([name])).not.toThrow();
  });
});
