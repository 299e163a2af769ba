import { readFileSync } from "node:fs";
import { intervalValues } from "../../../tools/schedule/interval.ts";

/** The properties of a metric math alarm, with the names of the CloudWatch API. */
export interface AlarmRule {
  expression: string;
  /** Seconds. */
  period: number;
  threshold: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
}

/**
 * Reads the alarm in a file of cloud/, for a schedule that runs every `every` minutes. It supports only
 * `LessThanThreshold` and `breaching`.
 */
export const readAlarmRule = (file: string, every = 1): AlarmRule => {
  const values = new Map(Object.entries(intervalValues(every)));
  const text = readFileSync(file, "utf8").replace(/\$\{self:custom\.interval\.(\w+)\}/g, (_, name) =>
    String(values.get(name)),
  );
  const settingOf = (name: string) => {
    const [, value] = new RegExp(`^ +${name}: (.+)$`, "m").exec(text) ?? [];
    if (value === undefined) throw new Error(`${file} has no ${name}`);
    return value;
  };
  for (const [name, value] of [
    ["ComparisonOperator", "LessThanThreshold"],
    ["TreatMissingData", "breaching"],
  ] as const) {
    if (settingOf(name) !== value) throw new Error(`${file}: the simulation supports only ${name} ${value}`);
  }
  return {
    expression: settingOf("Expression"),
    period: Number(settingOf("Period")),
    threshold: Number(settingOf("Threshold")),
    evaluationPeriods: Number(settingOf("EvaluationPeriods")),
    datapointsToAlarm: Number(settingOf("DatapointsToAlarm")),
  };
};

/** The values of consecutive periods, oldest first. undefined: no data. */
type Series = readonly (number | undefined)[];
type Value = number | Series;

const isSeries = (value: Value): value is Series => typeof value !== "number";

/** Applies an operation to each data point. CloudWatch's arithmetic counts a missing value as 0. */
const eachPoint = (operation: (a: number, b: number) => number) => (a: Value, b: Value) => {
  const at = (value: Value, n: number) => (isSeries(value) ? (value[n] ?? 0) : value);
  const length = Math.max(...[a, b].map((value) => (isSeries(value) ? value.length : 0)));
  return length === 0
    ? operation(at(a, 0), at(b, 0))
    : Array.from({ length }, (_, n) => operation(at(a, n), at(b, n)));
};
const OPERATORS: Record<string, (a: Value, b: Value) => Value> = {
  ">": eachPoint((a, b) => Number(a > b)),
  "+": eachPoint((a, b) => a + b),
  "-": eachPoint((a, b) => a - b),
};
const LEVELS = [[">"], ["+", "-"]];

/** Evaluates the part of CloudWatch's metric math that the alarm uses. `times` are the starts of the periods, in seconds. */
const calculate = (expression: string, metrics: Record<string, Series>, times: readonly number[]): Series => {
  const functions: Record<string, (...values: Value[]) => Value> = {
    EPOCH: () => times,
    FILL: (series = 0, filler = 0) => [series].flat().map((value) => value ?? Number(filler)),
    IF: (condition = 0, yes = 0, no = 0) => {
      const at = (value: Value, n: number) => (isSeries(value) ? value[n] : value);
      return [condition].flat().map((value, n) => at(value ? yes : no, n));
    },
    MAX: (series = 0) => Math.max(...[series].flat().map((value) => value ?? 0)),
  };
  const tokens = expression.match(/[a-z]\w*|[A-Z_]+|\d+|[(),>+-]/g) ?? [];
  const take = (wanted?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new Error(`unexpected ${token} in ${expression}`);
    }
    return token;
  };
  const operand = (): Value => {
    const token = take();
    if (/^\d/.test(token)) return Number(token);
    const metric = metrics[token];
    if (metric !== undefined) return metric;
    const apply = functions[token];
    if (apply === undefined) throw new Error(`the simulation does not support ${token} in ${expression}`);
    take("(");
    const values = [level(0)];
    while (tokens[0] === ",") {
      take(",");
      values.push(level(0));
    }
    take(")");
    return apply(...values);
  };
  const level = (n: number): Value => {
    const operators = LEVELS[n];
    if (operators === undefined) return operand();
    let value = level(n + 1);
    while (operators.includes(tokens[0] ?? "")) {
      const operator = OPERATORS[take()];
      if (operator !== undefined) value = operator(value, level(n + 1));
    }
    return value;
  };
  return [level(0)].flat();
};

/** A value of a metric: `at` is its timestamp, `visible` the time from which CloudWatch shows it, both in seconds. */
export interface Datum {
  metric: string;
  at: number;
  visible: number;
  value: number;
}

/**
 * Returns whether the rule is in alarm when it is evaluated at `now`, in seconds. The newest period ends at the last full
 * minute, because CloudWatch's default window slides; `aligned` makes it end at the last multiple of the period instead.
 * CloudWatch retrieves more periods than it evaluates (`additional`), evaluates the newest existing data points, and treats
 * the missing ones as breaching.
 */
export const isInAlarm = (
  rule: AlarmRule,
  data: readonly Datum[],
  now: number,
  { additional = 4, aligned = false } = {},
): boolean => {
  const { period, evaluationPeriods } = rule;
  const step = aligned ? period : 60;
  const count = evaluationPeriods + additional;
  const start = Math.floor(now / step) * step - count * period;
  const times = Array.from({ length: count }, (_, n) => start + n * period);
  const sumOf = (metric: string) => {
    const sums = times.map((): number | undefined => undefined);
    for (const datum of data) {
      const n = Math.floor((datum.at - start) / period);
      if (datum.metric === metric && datum.visible <= now && n >= 0 && n < count) {
        sums[n] = (sums[n] ?? 0) + datum.value;
      }
    }
    return sums;
  };
  const metrics = { counted: sumOf("BeatsCounted"), paused: sumOf("BeatsPaused") };
  const points = calculate(rule.expression, metrics, times).filter((value) => value !== undefined);
  const evaluated = points.slice(-evaluationPeriods);
  const missing = evaluationPeriods - evaluated.length;
  const breaching = evaluated.filter((value) => value < rule.threshold).length + missing;
  return breaching >= rule.datapointsToAlarm;
};
