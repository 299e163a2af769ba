import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { type Beat, type BeatStore, latenessOf, StoreUnavailableError } from "./beat-store.ts";
import { withinLimit } from "./dynamodb-client.ts";
import { minuteAt } from "./minute.ts";
import {
  dayOf,
  hourOf,
  LIVE,
  type Live,
  PARTITION,
  type Row,
  rangesOf,
  toHistory,
  toLive,
} from "./table-layout.ts";

/** What a beat changes in `live`, by where its minute stands; each is refused where that is not so. */
const LIVE_UPDATES = {
  first: {
    ConditionExpression: "attribute_not_exists(born)",
    UpdateExpression: "SET born = :now, newest = :minute ADD beats :one",
  },
  newest: {
    ConditionExpression: "born <= :minute AND (attribute_not_exists(newest) OR newest < :minute)",
    UpdateExpression: "SET newest = :minute ADD beats :one",
  },
  late: {
    ConditionExpression: "born <= :minute AND newest >= :minute",
    UpdateExpression: "ADD beats :one",
  },
  /** Before the minute in which the first beat was recorded, even as that first beat. */
  early: {
    ConditionExpression: "attribute_not_exists(born) OR born > :minute",
    UpdateExpression: "SET born = if_not_exists(born, :now) ADD beats :one, early :one",
  },
} as const;
type Place = keyof typeof LIVE_UPDATES;

const placeOf = ({ minute, recordedAt }: Beat, { born, newest }: Live): Place => {
  if (minute < (born ?? minuteAt(recordedAt))) return "early";
  if (born === undefined) return "first";
  return newest !== undefined && minute <= newest ? "late" : "newest";
};

// Others' beats can move a place on while it is looked up, but only from first to newest to late.
const MOST_TRIES = 4;

export const createDynamoStore = (db: DynamoDBDocumentClient, table: string): BeatStore => ({
  async record(beat) {
    let place: Place = "newest";
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const outcome = await transact(db, table, beat, place);
      if (outcome === "counted" || outcome === "stored") return outcome;
      place = placeOf(beat, outcome.refusedBy);
    }
    throw new StoreUnavailableError("the beat could not be recorded", `no place in ${MOST_TRIES} tries`);
  },

  async count() {
    const key = { pk: PARTITION, sk: LIVE };
    const get = new GetCommand({ TableName: table, Key: key, ConsistentRead: true });
    const { Item } = await db.send(get, withinLimit()).catch((cause) => {
      throw new StoreUnavailableError("the beats could not be read", cause);
    });
    return toLive(Item).beats;
  },

  async history(reach) {
    const ranges = rangesOf(reach).map((range) => rowsIn(db, table, range));
    const rows = await Promise.all(ranges).catch((cause) => {
      throw new StoreUnavailableError("the history could not be read", cause);
    });
    return toHistory(new Map(rows.flat()), reach);
  },
});

/** One Query: a history's ranges hold some tens of kB, far from the megabyte where a second page begins. */
const rowsIn = async (
  db: DynamoDBDocumentClient,
  table: string,
  [first, last]: readonly [string, string],
): Promise<[string, Row][]> => {
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :last",
      ExpressionAttributeValues: { ":pk": PARTITION, ":first": first, ":last": last },
      ConsistentRead: true,
    }),
    withinLimit(),
  );
  return Items.map(({ pk, sk, ...row }) => [String(sk), row]);
};

/** One beat: marks the minute if it is unmarked and adds to the sums, or tells what stood against it. */
const transact = async (db: DynamoDBDocumentClient, table: string, beat: Beat, place: Place) => {
  const updates = [markMinute(beat), addToLive(beat, place), addToDay(beat, place)];
  const TransactItems = updates.map(({ row, ...update }) => ({
    Update: { TableName: table, Key: { pk: PARTITION, sk: row }, ...update },
  }));
  try {
    await db.send(new TransactWriteCommand({ TransactItems }), withinLimit());
    return "counted";
  } catch (error) {
    if (error instanceof TransactionCanceledException) {
      const [hour, live] = error.CancellationReasons ?? [];
      if (hour?.Code === "ConditionalCheckFailed") return "stored";
      if (live?.Code === "ConditionalCheckFailed")
        return { refusedBy: toLive(live.Item && unmarshall(live.Item)) };
    }
    throw new StoreUnavailableError("the beat could not be recorded", error);
  }
};

const markMinute = (beat: Beat) => {
  const { row, attribute } = hourOf(beat.minute);
  return {
    row,
    UpdateExpression: "SET #minute = :lateness",
    ConditionExpression: "attribute_not_exists(#minute)",
    ExpressionAttributeNames: { "#minute": attribute },
    ExpressionAttributeValues: { ":lateness": latenessOf(beat) },
  };
};

const addToLive = ({ minute, recordedAt }: Beat, place: Place) => ({
  row: LIVE,
  ...LIVE_UPDATES[place],
  ExpressionAttributeValues: {
    ":one": 1,
    ":minute": minute,
    // DynamoDB refuses a value that no expression uses.
    ...(LIVE_UPDATES[place].UpdateExpression.includes(":now") ? { ":now": minuteAt(recordedAt) } : {}),
  },
  ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
});

const addToDay = ({ minute }: Beat, place: Place) => {
  const { row, attribute } = dayOf(minute);
  const early = place === "early";
  return {
    row,
    UpdateExpression: `ADD #day :one${early ? ", #early :one" : ""}`,
    ExpressionAttributeNames: { "#day": attribute, ...(early ? { "#early": `early${attribute}` } : {}) },
    ExpressionAttributeValues: { ":one": 1 },
  };
};
