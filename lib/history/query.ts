import { BadRequestError } from "../domain/errors.ts";
import { isMinute, toIndex } from "../domain/minute.ts";
import { formatValue } from "../text/format-value.ts";
import {
  BEGINNING,
  type Granularity,
  granularityOf,
  nameOf,
  positionNamed,
  positionOf,
} from "./granularity.ts";

/** A validated request for one page of the history. */
export interface HistoryQuery {
  step: Granularity;
  limit: number;
  /** Positions of the step, both included. Without `first`, the history goes back to the first recorded beat. */
  first: number | undefined;
  last: number;
  /** The parameter `from`, unchanged, for the query string of the next page. */
  from: string | undefined;
}

const NAMES = ["from", "to", "step", "limit", "cursor"];
/** Five valid parameters are shorter than this, even with every character escaped. */
const MAX_CHARACTERS = 512;

/**
 * Parses and validates a query string. `now` is in ms since the epoch, `every` the interval in minutes. A cursor of step
 * `minute` must name a slot of `cursorEvery` minutes.
 * @throws BadRequestError if a parameter is invalid, unknown or repeated; the message names it
 */
export const toHistoryQuery = (query: string, now: number, every = 1, cursorEvery = every): HistoryQuery => {
  const given = parametersIn(query);
  const step = toStep(given.get("step"), every);
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
  const before = cursor === undefined ? last + 1 : toCursor(cursor, step, { first, last, cursorEvery });
  if (query.length > MAX_CHARACTERS) {
    throw new BadRequestError(`the query must not be longer than ${MAX_CHARACTERS} characters`);
  }
  return { step, limit, first, last: before - 1, from };
};

/**
 * The parameters by name. API Gateway's parsed query string joins the values of a repeated parameter with a comma, so this
 * parses the raw one.
 * @throws BadRequestError if a parameter is unknown or repeated
 */
const parametersIn = (query: string): ReadonlyMap<string, string> => {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!NAMES.includes(name)) {
      throw new BadRequestError(`unknown parameter ${formatValue(name)}: use ${NAMES.join(", ")}`);
    }
    if (given.has(name)) throw new BadRequestError(`${name} must not be repeated`);
    given.set(name, value);
  }
  return given;
};

const toStep = (text = "hour", every: number): Granularity => {
  const step = granularityOf(text, every);
  if (step === undefined)
    throw new BadRequestError(`step must be minute, hour or day, not ${formatValue(text)}`);
  return step;
};

const toLimit = (text: string | undefined, { name, defaultLimit, maxLimit }: Granularity): number => {
  const limit = text === undefined ? defaultLimit : /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= maxLimit) return limit;
  throw new BadRequestError(
    `limit must be a whole number from 1 to ${maxLimit} if step is ${name}, not ${formatValue(text)}`,
  );
};

/**
 * The first and the last minute, since the epoch, of a minute or a day.
 * @throws BadRequestError if the text is neither
 */
const parsePeriod = (parameter: string, text: string): { first: number; last: number } => {
  if (isMinute(text)) return { first: toIndex(text), last: toIndex(text) };
  if (isMinute(`${text}T00:00Z`)) {
    return { first: toIndex(`${text}T00:00Z`), last: toIndex(`${text}T23:59Z`) };
  }
  throw new BadRequestError(
    `${parameter} must be a UTC minute like 2026-11-23T22:40Z, or a day like 2026-11-23, not ${formatValue(text)}`,
  );
};

interface CursorLimits {
  /** Positions of the step, both included. */
  first: number | undefined;
  last: number;
  cursorEvery: number;
}

/**
 * The position at which the previous page ended. If the cursor lies within a slot, the page continues with that slot.
 * @throws BadRequestError if the cursor is malformed or outside the range
 */
const toCursor = (
  text: string,
  step: Granularity,
  { first = positionOf(step, BEGINNING), last, cursorEvery }: CursorLimits,
): number => {
  const named = step.name === "minute" ? { ...step, minutes: cursorEvery } : step;
  const index = positionNamed(named, text);
  if (index === undefined) {
    throw new BadRequestError(
      `cursor must be taken from next of the previous page, such as ${nameOf(step, positionOf(step, EXAMPLE))} if step is ${step.name}, not ${formatValue(text)}`,
    );
  }
  const position = Math.ceil((index * named.minutes) / step.minutes);
  // `last + 1` is valid too: the clock behind the previous page can be a little ahead of this one.
  if (position > first && position <= last + 1) return position;
  throw new BadRequestError(`cursor must be after from and not after to or now, not ${formatValue(text)}`);
};

const EXAMPLE = toIndex("2026-11-23T22:00Z");

/** The query string of the page that continues before a position. */
export const nextQuery = ({ step, limit, from }: HistoryQuery, position: number): string => {
  const start = from === undefined ? "" : `&from=${from}`;
  return `?step=${step.name}&limit=${limit}${start}&cursor=${nameOf(step, position)}`;
};
