import { describe, expect, test } from "vitest";
import { checkParameterNames, checkParameters, type Parameters } from "../../../../tools/build/parameters.ts";

const check = (parameters: Partial<Parameters>) => () =>
  checkParameters({
    stage: "dev",
    ownTable: "nightly-dev-beats",
    alarmEmail: null,
    every: "1",
    existingTable: null,
    keepTable: "false",
    lateAfter: "150",
    downAfter: "270",
    ...parameters,
  });

describe("a param", () => {
  test.each([
    { alarmEmail: "me@example.org" },
    { alarmEmail: "me+heart@mail.example.co.uk" },
    { every: "60", lateAfter: "7230", downAfter: "14430" },
    { every: 1 },
    { existingTable: "heartbeat-prod-beats-restored" },
    { existingTable: "heartbeat-dev-beats" },
    { existingTable: "nightly-dev-beats", keepTable: "true" },
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
        `invalid param every=${every}: use a number of minutes that divides 60 (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)`,
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
    expect(check({ existingTable: "nightly-dev-beats" })).toThrow(
      "invalid param existingTable=nightly-dev-beats: stage dev creates this table and, with keepTable=false, would delete it; deploy with keepTable=true first",
    );
  });

  test.each([
    [
      { lateAfter: "60" },
      "lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not 60",
    ],
    [{ downAfter: "150" }, "downAfter must be whole seconds, more than lateAfter (150) and at most 604800"],
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
        /^invalid param notifyUrl: it must be an https URL, or an http URL of this machine: (?!.*(secret|example))/,
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
