import { readFileSync } from "node:fs";

/** The properties of a metric math alarm, with the names of the CloudWatch API. */
export interface AlarmRule {
  expression: string;
  /** Seconds. */
  period: number;
  threshold: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
}

/** Reads the alarm in a file of cloud/. It supports only `LessThanThreshold` and `breaching`. */
export const readAlarmRule = (file: string): AlarmRule => {
  const text = readFileSync(file, "utf8");
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
 * Returns whether the rule is in alarm when it is evaluated at `now`, in seconds. The newest period is the last complete
 * one. CloudWatch retrieves more periods than it evaluates (`additional`), evaluates the newest existing data points,
 * and treats the missing ones as breaching.
 */
export const isInAlarm = (rule: AlarmRule, data: readonly Datum[], now: number, additional = 4): boolean => {
  const last = Math.floor(now / rule.period) - 1;
  const count = rule.evaluationPeriods + additional;
  const periods = Array.from({ length: count }, (_, n) => last - count + 1 + n);
  const shown = data.filter(({ visible }) => visible <= now);
  const sumOf = (metric: string) =>
    periods.map((period) => {
      const values = shown.filter(
        (datum) => datum.metric === metric && Math.floor(datum.at / rule.period) === period,
      );
      return values.length === 0 ? undefined : values.reduce((sum, { value }) => sum + value, 0);
    });
  const metrics = { counted: sumOf("BeatsCounted"), paused: sumOf("BeatsPaused") };
  const times = periods.map((period) => period * rule.period);
  const points = calculate(rule.expression, metrics, times).filter((value) => value !== undefined);
  const evaluated = points.slice(-rule.evaluationPeriods);
  const missing = rule.evaluationPeriods - evaluated.length;
  const breaching = evaluated.filter((value) => value < rule.threshold).length + missing;
  return breaching >= rule.datapointsToAlarm;
};
