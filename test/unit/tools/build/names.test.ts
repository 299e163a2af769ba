import { describe, expect, test } from "vitest";
import { checkNames } from "../../../../tools/build/names.ts";

const FUNCTIONS = ["ping", "heartbeat"];
const check =
  (service: string, stage: string, functions = FUNCTIONS) =>
  () =>
    checkNames(service, stage, functions);
const letters = (count: number) => "a".repeat(count);

describe("a stage", () => {
  test.each(["dev", "prod", "pr-12", letters(44)])("%s is accepted", (stage) => {
    expect(check("heartbeat", stage)).not.toThrow();
  });

  test.each(["", "Prod", "1st", "-a", "a_b", "a b", letters(45)])("%j is rejected with its name", (stage) => {
    expect(check("heartbeat", stage)).toThrow(
      `invalid stage ${stage}: use at most 44 lowercase letters, digits and hyphens, starting with a letter`,
    );
  });

  test.each([
    ["nightly-report", 39, FUNCTIONS],
    [letters(49), 4, FUNCTIONS],
    ["heartbeat", 38, [...FUNCTIONS, "longer-than-all"]],
  ])("of the service %s can have %i letters with the functions %j", (service, most, functions) => {
    const longest = functions.reduce((one, other) => (one.length > other.length ? one : other));

    expect(check(service, letters(most), functions)).not.toThrow();
    expect(check(service, letters(most + 1), functions)).toThrow(
      `invalid stage ${letters(most + 1)}: use at most ${most} lowercase letters`,
    );
    expect(`${service}-${letters(most)}-${longest}`).toHaveLength(64);
  });
});

describe("a service", () => {
  test.each(["ab", "nightly-report", letters(49)])("%s is accepted", (service) => {
    expect(check(service, "prod")).not.toThrow();
  });

  test.each(["", "a", "Report", "1st", "-a", "my_report", "a b", "größe"])(
    "%j is rejected with its name",
    (service) => {
      expect(check(service, "dev")).toThrow(
        `invalid service ${service} in serverless.yml: use 2 to 49 lowercase letters, digits and hyphens, starting with a letter`,
      );
    },
  );

  test.each([
    [50, 49, FUNCTIONS],
    [44, 43, [...FUNCTIONS, "longer-than-all"]],
  ])(
    "of %i letters is too long, whatever the stage: %i is the most, with the functions %j",
    (count, most, functions) => {
      expect(check(letters(count), "a", functions)).toThrow(
        `invalid service ${letters(count)} in serverless.yml: use 2 to ${most} lowercase letters, digits and hyphens, starting with a letter`,
      );
    },
  );
});
