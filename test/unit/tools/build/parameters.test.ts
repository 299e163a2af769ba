import { describe, expect, test } from "vitest";
import { checkParameterNames, checkParameters, type Parameters } from "../../../../tools/build/parameters.ts";

const check = (parameters: Partial<Parameters>) => () =>
  checkParameters({
    service: "heartbeat",
    stage: "dev",
    alarmEmail: null,
    existingTable: null,
    keepTable: "false",
    lateAfter: "150",
    downAfter: "270",
    ...parameters,
  });

const LONGEST = "a".repeat(44);

describe("a stage", () => {
  test.each(["dev", "prod", "pr-12", LONGEST])("%s can be deployed", (stage) => {
    expect(check({ stage })).not.toThrow();
  });

  test.each(["", "Prod", "1st", "-a", "a_b", "a b", `${LONGEST}a`])("%j is refused by name", (stage) => {
    expect(check({ stage })).toThrow(
      `stage ${stage} can't be: give up to 44 small letters, digits and hyphens, a letter first`,
    );
  });

  test("of the longest name fills the 64 characters of a function's name", () => {
    expect(`heartbeat-${LONGEST}-heartbeat`).toHaveLength(64);
  });
});

describe("a param", () => {
  test.each([
    { alarmEmail: "me@example.org" },
    { alarmEmail: "me+heart@mail.example.co.uk" },
    { existingTable: "heartbeat-prod-beats-restored" },
    { existingTable: "heartbeat-dev-beats", keepTable: "true" },
    { reservedConcurrency: 1 },
    { lateAfter: "180", downAfter: "604800" },
    { lateAfter: 180, downAfter: 600 },
    { notifyUrl: "https://hc.example.org/2c41/start?rid=7" },
    { notifyUrl: "http://127.0.0.1:7719/" },
    { notifyUrl: "" },
  ])("that is right passes: %j", (parameters) => {
    expect(check(parameters)).not.toThrow();
  });

  test.each(["", "me", "me@", "me@localhost", "@example.org", "a b@example.org", "me@example..org"])(
    "alarmEmail=%s is refused by name",
    (alarmEmail) => {
      expect(check({ alarmEmail })).toThrow(
        `param alarmEmail=${alarmEmail} is no e-mail address: give one like me@example.org`,
      );
    },
  );

  test.each(["", "ab", "a/b", "x".repeat(256)])("existingTable=%s is refused by name", (existingTable) => {
    expect(check({ existingTable })).toThrow(
      `param existingTable=${existingTable} is no table's name: give 3 to 255 letters, digits, _ . and -`,
    );
  });

  test.each(["", "maybe", "TRUE"])("keepTable=%s is refused by name", (keepTable) => {
    expect(check({ keepTable })).toThrow(`param keepTable=${keepTable} can't be: give true or false`);
  });

  test.each(["0", 0, "-1", "many", "1.5", ""])(
    "reservedConcurrency=%s is refused by name",
    (reservedConcurrency) => {
      expect(check({ reservedConcurrency })).toThrow(
        `param reservedConcurrency=${reservedConcurrency} can't be: give a whole number from 1; 0 would stop the heart`,
      );
    },
  );

  test("existingTable can't be the stage's own table where that is deleted with the stage", () => {
    expect(check({ existingTable: "heartbeat-dev-beats" })).toThrow(
      "param existingTable=heartbeat-dev-beats is the table that stage dev makes and, with keepTable=false, deletes: giving it away would delete it",
    );
  });

  test("existingTable can't be the own table of a renamed service's stage either", () => {
    expect(check({ service: "pulse", existingTable: "pulse-dev-beats" })).toThrow(
      "param existingTable=pulse-dev-beats is the table that stage dev makes",
    );
  });

  test.each([
    [
      { lateAfter: "60" },
      "LATE_AFTER must be whole seconds, at least 130 and less than 604800 (7 days), not 60",
    ],
    [{ downAfter: "150" }, "DOWN_AFTER must be whole seconds, more than LATE_AFTER (150) and at most 604800"],
  ])("%j is refused by name", (given, told) => {
    const { lateAfter, downAfter } = { lateAfter: "150", downAfter: "270", ...given };

    expect(check(given)).toThrow(
      `params lateAfter=${lateAfter} and downAfter=${downAfter} can't be: ${told}`,
    );
  });

  test.each(["secret", "http://hc.example.org/secret", "https://me:secret@hc.example.org/"])(
    "notifyUrl=%s is refused by name, and not shown",
    (notifyUrl) => {
      expect(check({ notifyUrl })).toThrow(
        /^param notifyUrl can't be: NOTIFY_URL must be an https URL, or an http URL of this machine: (?!.*(secret|example))/,
      );
    },
  );

  test("with a name that serverless.yml does not read is refused, for example a misspelled one", () => {
    expect(() => checkParameterNames(["schedule", "alarmMail"])).toThrow(
      "param alarmMail is not known: there are alarmEmail, downAfter, existingTable, keepTable, lateAfter, notifyUrl, reservedConcurrency, schedule",
    );
  });

  test.each([
    "alarmEmail",
    "downAfter",
    "existingTable",
    "keepTable",
    "lateAfter",
    "notifyUrl",
    "reservedConcurrency",
    "schedule",
  ])("named %s passes", (name) => {
    expect(() => checkParameterNames([name])).not.toThrow();
  });
});
