import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import {
  type Beat,
  type BeatStore,
  latenessMs,
  MalformedRowError,
  type Pause,
  StoreUnavailableError,
} from "../domain/beat-store.ts";
import { dayAt, type Minute, minuteAfter, minuteAt, startOf } from "../domain/minute.ts";
import { type CoveredDay, coveredDays, covers, NEVER, recentPauses } from "../domain/pauses.ts";
import type { Change, Settings, SettingsStore } from "../domain/settings-store.ts";
import { requestOptions } from "./client.ts";
import { mayHaveRun, toStoreError } from "./faults.ts";
import {
  daySums,
  hourOf,
  LIVE,
  type Live,
  lastPauseUpTo,
  PARTITION,
  pauseKey,
  pausesIn,
  type Row,
  type RowRange,
  RULES,
  rangesOf,
  rangesOfPast,
  settingsRange,
  toHistory,
  toLastPause,
  toLive,
  toPast,
  toRules,
  toSettings,
} from "./table-layout.ts";

/** What a beat changes in `live`, by where its minute stands; each is refused where that is not so. */
const LIVE_UPDATES = {
  first: {
    condition: "attribute_not_exists(born)",
    update: "SET born = :now, newest = :minute ADD beats :one",
  },
  newest: {
    condition: "born <= :minute AND (attribute_not_exists(newest) OR newest < :minute)",
    update: "SET newest = :minute ADD beats :one",
  },
  late: {
    condition: "born <= :minute AND newest >= :minute",
    update: "ADD beats :one",
  },
  /** Before the minute in which the first beat was recorded, even as that first beat. */
  early: {
    condition: "(attribute_not_exists(born) OR born > :minute)",
    update: "SET born = if_not_exists(born, :now) ADD beats :one, early :one",
  },
} as const;
type Place = keyof typeof LIVE_UPDATES;

/** What must be so of a row for it to be written. */
interface Condition {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** That the attributes are as they were seen; undefined: not there. */
const expectAttributes = (seen: Record<string, unknown>): Condition => {
  const attributes = Object.entries(seen);
  return {
    expression: attributes
      .map(([name, value]) =>
        value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
      )
      .join(" AND "),
    names: Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(
      attributes.flatMap(([name, value]) => (value === undefined ? [] : [[`:${name}`, value]])),
    ),
  };
};

/** How a beat is tried. */
interface Attempt {
  place: Place;
  /** That no pause covers its minute. */
  guard: Condition;
  /** What of ended pauses a birth brings into the sums. */
  covered: readonly CoveredDay[];
}

/** The newest of a heart that was never paused, or not since: nearly every beat is that. */
const OPTIMISTIC: Attempt = {
  place: "newest",
  guard: { expression: "(attribute_not_exists(openFrom) OR openFrom <= :minute)" },
  covered: [],
};

const placeOf = ({ minute, recordedAt }: Beat, { born, newest }: Live): Place => {
  if (minute < (born ?? minuteAt(recordedAt))) return "early";
  if (born === undefined) return "first";
  return newest !== undefined && minute <= newest ? "late" : "newest";
};

// Others' beats can move a place on while it is looked up, but only from first to newest to late; a pause that
// begins or ends meanwhile costs a try, too.
const MOST_TRIES = 4;

/**
 * The most requests that `record` makes one after another: at each try a transaction and a lookup of ended pauses, at
 * the last one `keepAsPaused` instead, and once a lookup of an earlier pause.
 */
export const MOST_REQUESTS_OF_RECORD = MOST_TRIES * 2 + 1;

export const createDynamoStore = (db: DynamoDBDocumentClient, table: string): BeatStore => ({
  async record(beat) {
    let attempt = OPTIMISTIC;
    let isBeforeLastPause = false;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const outcome = await transact(db, table, beat, attempt);
      if (typeof outcome === "string") return outcome;
      const row = outcome.refusedBy;
      const pause = await ignoreMalformed(() => toLastPause(row));
      if (pause !== undefined && covers(pause, beat.minute)) {
        if (pause.to !== undefined || isKeptAsPaused(row, beat.minute)) return "covered";
        if (await keepAsPaused(db, table, beat.minute)) return "covered";
        continue;
      }
      // What follows prepares the next try.
      if (tries === MOST_TRIES - 1) break;
      // `live` tells of the last pause alone. Once asked, the others stay as they are.
      if (pause !== undefined && beat.minute < pause.from && !isBeforeLastPause) {
        isBeforeLastPause = true;
        const earlier = await ignoreMalformed(() => endedPauseUpTo(db, table, beat.minute));
        if (earlier !== undefined && covers(earlier, beat.minute)) return "covered";
      }
      const live = toLive(row);
      const isBirth = live.born === undefined;
      const ended =
        isBirth && pause !== undefined ? await ignoreMalformed(() => endedPauses(db, table)) : undefined;
      attempt = {
        place: placeOf(beat, live),
        guard: expectAttributes({ openFrom: row?.["openFrom"], pausedFrom: row?.["pausedFrom"] }),
        covered: ended?.flatMap((each) => coveredDays(each, minuteAt(beat.recordedAt))) ?? [],
      };
    }
    throw new StoreUnavailableError("the beat could not be recorded", `no place in ${MOST_TRIES} tries`);
  },

  async count() {
    const key = { pk: PARTITION, sk: LIVE };
    const get = new GetCommand({ TableName: table, Key: key, ConsistentRead: true });
    const { Item } = await db.send(get, requestOptions()).catch((cause) => {
      throw toStoreError("the beats could not be read", cause, { table, actions: ["dynamodb:GetItem"] });
    });
    return toLive(Item).beats;
  },

  async history(reach) {
    return toHistory(await rowsIn(db, table, rangesOf(reach), "history"), reach);
  },

  async past(stretch) {
    return toPast(await rowsIn(db, table, rangesOfPast(stretch), "history"), stretch);
  },

  async thresholds() {
    return toRules((await rowsIn(db, table, [settingsRange], "rules")).get(RULES));
  },
});

export const createDynamoSettingsStore = (db: DynamoDBDocumentClient, table: string): SettingsStore => ({
  async settings() {
    return toSettings(await rowsIn(db, table, [settingsRange], "settings"));
  },

  async change(seen, change) {
    const refusals = await write(db, table, writesOf(seen, change)).catch((cause) => {
      const outcome = mayHaveRun(cause)
        ? "whether the settings are changed is not known"
        : "nothing is changed";
      throw toStoreError(outcome, cause, { table, actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"] });
    });
    return refusals === undefined ? "changed" : "conflict";
  },
});

/** What is stored of pauses, for a beat; in an unexpected shape it is for whoever reads the log. */
const ignoreMalformed = async <Told>(read: () => Told | Promise<Told>): Promise<Told | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof MalformedRowError)) throw error;
    console.error({ error: `${error.message}: beating as without that pause` });
    return undefined;
  }
};

/** The last pause that began in `minute` or before, of those that have ended. */
const endedPauseUpTo = async (db: DynamoDBDocumentClient, table: string, minute: Minute) =>
  pausesIn(await rowsIn(db, table, [lastPauseUpTo(minute)], "pauses")).find(({ to }) => to !== undefined);

/** Those that ended of late. */
const endedPauses = async (db: DynamoDBDocumentClient, table: string): Promise<Pause[]> =>
  toSettings(await rowsIn(db, table, [settingsRange], "pauses")).pauses.filter(({ to }) => to !== undefined);

const rowsIn = async (
  db: DynamoDBDocumentClient,
  table: string,
  ranges: readonly RowRange[],
  what: string,
): Promise<ReadonlyMap<string, Row>> => {
  const rows = await Promise.all(ranges.map((range) => query(db, table, range))).catch((cause) => {
    throw toStoreError(`the ${what} could not be read`, cause, { table, actions: ["dynamodb:Query"] });
  });
  return new Map(rows.flat());
};

/** One Query, and more, within the same limit, only where a range holds over a megabyte, as many thousands of pauses would. */
const query = async (
  db: DynamoDBDocumentClient,
  table: string,
  { range: [first, last], lastOnly = false }: RowRange,
): Promise<[string, Row][]> => {
  const rows: [string, Row][] = [];
  const limit = requestOptions();
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await db.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues: { ":pk": PARTITION, ":first": first, ":last": last },
        ConsistentRead: true,
        ...(lastOnly ? { ScanIndexForward: false, Limit: 1 } : {}),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
      limit,
    );
    for (const { pk, sk, ...row } of Items) rows.push([String(sk), row]);
    start = lastOnly ? undefined : LastEvaluatedKey;
  } while (start !== undefined);
  return rows;
};

/** A write of one row. `put`: all that it is to hold. */
type Write = { row: string; condition?: Condition } & (
  | { put: Record<string, unknown> }
  | { update: string; names?: Record<string, string>; values: Record<string, unknown> }
);

/** Of each write of a transaction whether its condition holds, and the row as it is where it doesn't. */
type Refusals = { refused: boolean; row: Row | undefined }[];

/** Makes all of the writes, and answers nothing; or none, since the conditions of some don't hold. */
const write = async (
  db: DynamoDBDocumentClient,
  table: string,
  writes: readonly Write[],
): Promise<Refusals | undefined> => {
  const TransactItems = writes.map((one) => toTransactItem(table, one));
  try {
    await db.send(new TransactWriteCommand({ TransactItems }), requestOptions());
    return undefined;
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    const refusals = reasons.map(({ Code, Item }) => ({
      refused: Code === "ConditionalCheckFailed",
      row: Item && unmarshall(Item),
    }));
    if (refusals.some(({ refused }) => refused)) return refusals;
    throw error;
  }
};

const toTransactItem = (TableName: string, { row, condition, ...what }: Write) => {
  const key = { pk: PARTITION, sk: row };
  const names = { ...condition?.names, ...("update" in what ? what.names : {}) };
  const values = { ...condition?.values, ...("update" in what ? what.values : {}) };
  const rest = {
    TableName,
    ...(condition === undefined ? {} : { ConditionExpression: condition.expression }),
    // DynamoDB refuses an empty one.
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
  return "put" in what
    ? { Put: { ...rest, Item: { ...key, ...what.put } } }
    : { Update: { ...rest, Key: key, UpdateExpression: what.update } };
};

/** One beat: marks the minute if it is unmarked and adds to the sums, or tells what stood against it. */
const transact = async (db: DynamoDBDocumentClient, table: string, beat: Beat, attempt: Attempt) => {
  const { place, covered } = attempt;
  const early = place === "early" ? { early: 1 } : {};
  const days = daySums([[dayAt(startOf(beat.minute)), { beats: 1, ...early }], ...covered]);
  const writes = [markMinute(beat), addToLive(beat, attempt), ...[...days].map(addSums)];
  if (covered.length > 0) writes.push(addSums([RULES, { covered: sumOf(covered) }]));
  const refusals = await writeBeat(db, table, writes);
  if (refusals === undefined) return "counted";
  const [hour, live] = refusals;
  return hour?.refused ? "stored" : { refusedBy: live?.row };
};

/**
 * Stores that a minute is answered as paused, while the pause is open. A resume is conditional on this attribute, so the
 * pause never ends before a minute that was answered so. False: the pause has ended, or a later minute is stored.
 */
const keepAsPaused = async (db: DynamoDBDocumentClient, table: string, minute: Minute): Promise<boolean> => {
  const keep: Write = {
    row: LIVE,
    update: "SET lastPaused = :minute",
    values: { ":minute": minute },
    condition: {
      expression:
        "openFrom = :never AND pausedFrom <= :minute AND (attribute_not_exists(lastPaused) OR lastPaused < :minute)",
      values: { ":never": NEVER },
    },
  };
  return (await writeBeat(db, table, [keep])) === undefined;
};

/** Also where a broken value prevents `keepAsPaused`: nothing can be resumed before that value is corrected. */
const isKeptAsPaused = (row: Row | undefined, minute: Minute): boolean => {
  const kept = row?.["lastPaused"];
  return kept !== undefined && !(typeof kept === "string" && kept < minute);
};

const writeBeat = (db: DynamoDBDocumentClient, table: string, writes: readonly Write[]) =>
  write(db, table, writes).catch((cause) => {
    throw toStoreError("the beat could not be recorded", cause, { table, actions: ["dynamodb:UpdateItem"] });
  });

const markMinute = (beat: Beat): Write => {
  const { row, attribute } = hourOf(beat.minute);
  return {
    row,
    update: "SET #minute = :lateness",
    names: { "#minute": attribute },
    values: { ":lateness": latenessMs(beat) },
    condition: { expression: "attribute_not_exists(#minute)" },
  };
};

const addToLive = ({ minute, recordedAt }: Beat, { place, guard }: Attempt): Write => {
  const { update, condition } = LIVE_UPDATES[place];
  const expression = `${condition} AND ${guard.expression}`;
  return {
    row: LIVE,
    update,
    // DynamoDB refuses a value that no expression uses.
    values: used({ ":one": 1, ":minute": minute, ":now": minuteAt(recordedAt) }, `${update} ${expression}`),
    condition: { ...guard, expression },
  };
};

const used = (values: Record<string, unknown>, expressions: string) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => expressions.includes(name)));

const addSums = ([row, sums]: readonly [string, Record<string, number>]): Write => {
  const entries = Object.entries(sums);
  return {
    row,
    update: `ADD ${entries.map((_, n) => `#sum${n} :sum${n}`).join(", ")}`,
    names: Object.fromEntries(entries.map(([name], n) => [`#sum${n}`, name])),
    values: Object.fromEntries(entries.map(([, sum], n) => [`:sum${n}`, sum])),
  };
};

const sumOf = (days: readonly CoveredDay[]): number =>
  days.reduce((sum, [, { covered }]) => sum + covered, 0);

/** All that a change of the settings writes. */
const writesOf = (
  seen: Settings,
  { changeInfo: signature, thresholds: rules = seen.thresholds, begun, ended }: Change,
): Write[] => {
  const { pause, covered = 0, pauseContext: surroundings } = seen;
  const { born, openFrom, lastPaused } = surroundings;
  const version = seen.version + 1;
  const pausedBy = begun === undefined ? pause?.version : version;
  const newlyCovered = ended === undefined ? [] : coveredDays(ended, born);
  const settings = {
    version,
    ...signature,
    ...rules,
    ...(pausedBy === undefined || ended !== undefined ? {} : { pausedBy }),
    covered: covered + sumOf(newlyCovered),
    pauses: recentPauses(seen.pauses, { begun, ended }, Date.parse(signature.time)),
  };
  return [
    {
      row: RULES,
      put: settings,
      condition: expectAttributes({ version: seen.version || undefined, covered: seen.covered }),
    },
    ...(begun === undefined
      ? []
      : [
          {
            row: LIVE,
            // Nothing may have beaten yet: the row is made here then, and none is without `beats`.
            update: "SET openFrom = :never, pausedFrom = :from ADD beats :none",
            values: { ":never": NEVER, ":from": begun.from, ":none": 0 },
            condition: expectAttributes({ ...surroundings }),
          },
          { row: pauseKey(begun.from, version), put: { reason: begun.reason, ...signature } },
        ]),
    ...(ended === undefined || pause === undefined
      ? []
      : [
          {
            row: LIVE,
            update: "SET openFrom = :after",
            values: { ":after": minuteAfter(ended.to) },
            condition: expectAttributes({ born, openFrom, lastPaused }),
          },
          {
            row: pauseKey(ended.from, pause.version),
            update: "SET #to = :to",
            names: { "#to": "to" },
            values: { ":to": ended.to },
          },
          ...[...daySums(newlyCovered)].map(addSums),
        ]),
  ];
};
