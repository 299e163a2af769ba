import { replaceIn } from "./checkout.ts";

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const EXPRESSION = "${self:custom.interval.expression}";

/** Replaces the expression of the schedule in a checkout's serverless.yml. `more` are further lines of YAML. */
export const writeExpression = (checkout: string, expression: string, ...more: string[]): void => {
  const rate = [`rate: ${expression}`, ...more].join(`\n${" ".repeat(10)}`);
  replaceIn(checkout, ["serverless.yml"], `rate: ${EXPRESSION}`, rate);
};

/** Hand-written schedules, each with the words that its rejection contains. */
export const HAND_WRITTEN: [lines: [expression: string, ...more: string[]], says: string[]][] = [
  [["rate(5 minutes)"], ["rate(5 minutes)", EXPRESSION, '--param="every=5"']],
  [["[cron(0 3 * * ? *)]"], ["cron(0 3 * * ? *)", EXPRESSION, "a divisor of 60"]],
  [["[cron(* * * * ? *), rate(1 hour)]"], ["2 schedules", "rate(1 hour)", EXPRESSION]],
  [
    ["cron(* * * * ? *)", "input: { time: now }"],
    ["unsupported key input", "remove it"],
  ],
];
