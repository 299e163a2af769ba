import { BadRequestError } from "../domain/errors.ts";
import { formatValue } from "../domain/format-value.ts";
import { isMinute, toIndex } from "../domain/minute.ts";
import {
  BEGINNING,
  GRANULARITIES,
  type Granularity,
  nameOf,
  positionNamed,
  positionOf,
} from "./granularity.ts";

/** Which page of the history is asked for. */
export interface HistoryQuery {
  step: Granularity;
  limit: number;
  /** Positions of the step, both included; without `first` the history goes back to the birth. */
  first: number | undefined;
  last: number;
  /** `from` as it was asked, for the next page. */
  from: string | undefined;
}

const NAMES = ["from", "to", "step", "limit", "cursor"];
/** Five right parameters, every character escaped, are shorter; so this refuses what holds none. */
const MOST_CHARACTERS = 512;

/**
 * The page that a raw query string asks for at `now`, in ms since the epoch.
 * @throws BadRequestError naming the parameter
 */
export const toHistoryQuery = (query: string, now: number): HistoryQuery => {
  const given = parametersIn(query);
  const step = toStep(given.get("step"));
  const limit = toLimit(given.get("limit"), step);
  const from = given.get("from");
  const start = from === undefined ? undefined : parsePeriod("from", from).first;
  const to = given.get("to");
  const present = Math.floor(now / 60_000);
  const end = to === undefined ? present : Math.min(present, parsePeriod("to", to).last);
  if (start !== undefined && start > end) {
    throw new BadRequestError(
      `from must not be after ${to === undefined ? "" : "to or "}now, not ${formatValue(from)}`,
    );
  }
  const first = start === undefined ? undefined : positionOf(step, start);
  const last = positionOf(step, end);
  const cursor = given.get("cursor");
  const before = cursor === undefined ? last + 1 : toCursor(cursor, step, { first, last });
  if (query.length > MOST_CHARACTERS) {
    throw new BadRequestError(`the query must not be longer than ${MOST_CHARACTERS} characters`);
  }
  return { step, limit, first, last: before - 1, from };
};

/** Each parameter by its name. API Gateway's own parse of a query joins what is given twice with a comma. */
const parametersIn = (query: string): ReadonlyMap<string, string> => {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!NAMES.includes(name)) {
      throw new BadRequestError(`${formatValue(name)} is no parameter here: there are ${NAMES.join(", ")}`);
    }
    if (given.has(name)) throw new BadRequestError(`${name} must be given once, not twice`);
    given.set(name, value);
  }
  return given;
};

const toStep = (text = "hour"): Granularity => {
  const step = GRANULARITIES.find(({ name }) => name === text);
  if (step === undefined)
    throw new BadRequestError(`step must be minute, hour or day, not ${formatValue(text)}`);
  return step;
};

const toLimit = (text: string | undefined, { name, usual, most }: Granularity): number => {
  const limit = text === undefined ? usual : /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= most) return limit;
  throw new BadRequestError(
    `limit must be a whole number from 1 to ${most} where step is ${name}, not ${formatValue(text)}`,
  );
};

/** The minutes that a text names, the one or all of the day, by their indices. */
const parsePeriod = (parameter: string, text: string): { first: number; last: number } => {
  if (isMinute(text)) return { first: toIndex(text), last: toIndex(text) };
  if (isMinute(`${text}T00:00Z`)) {
    return { first: toIndex(`${text}T00:00Z`), last: toIndex(`${text}T23:59Z`) };
  }
  throw new BadRequestError(
    `${parameter} must be a UTC minute like 2026-11-23T22:40Z, or a day like 2026-11-23, not ${formatValue(text)}`,
  );
};

/** The position that a page ended with. */
const toCursor = (
  text: string,
  step: Granularity,
  { first = positionOf(step, BEGINNING), last }: { first: number | undefined; last: number },
): number => {
  const position = positionNamed(step, text);
  if (position === undefined) {
    throw new BadRequestError(
      `cursor must be as a reply's next has it, where step is ${step.name} like ${nameOf(step, positionOf(step, EXAMPLE))}, not ${formatValue(text)}`,
    );
  }
  // One after the last, too: the clock that told the page before may be a little ahead of this one.
  if (position > first && position <= last + 1) return position;
  throw new BadRequestError(`cursor must lie after from and not after to or now, not ${formatValue(text)}`);
};

const EXAMPLE = toIndex("2026-11-23T22:00Z");

/** The query of the page that goes on before a position. */
export const nextQuery = ({ step, limit, from }: HistoryQuery, position: number): string => {
  const parameters = [
    `step=${step.name}`,
    `limit=${limit}`,
    ...(from === undefined ? [] : [`from=${from}`]),
    `cursor=${nameOf(step, position)}`,
  ];
  return `?${parameters.join("&")}`;
};
