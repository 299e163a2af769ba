import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { type Beat, type BeatStore, latenessOf, StoreUnavailableError } from "./beat-store.ts";
import type { Ledger } from "./ledger.ts";
import { minuteAt } from "./minute.ts";
import { dayOf, hourOf, LIVE, type Live, PARTITION, type Row, toLive } from "./table-layout.ts";

/** What the sums must know of a minute; most are none of these, so a beat first supposes so. */
interface Place {
  /** Nothing has beaten yet. */
  first: boolean;
  /** Before the heart was born. */
  early: boolean;
  /** Older than the newest beaten minute. */
  late: boolean;
}
const ORDINARY: Place = { first: false, early: false, late: false };

// The row moves on while it is read, so a place can prove wrong again: seldom, and then it is looked up anew.
const MOST_LOOKS = 10;

export const createDynamoBeatStore = (db: DynamoDBDocumentClient, table: string): BeatStore => ({
  async record(beat) {
    let place = ORDINARY;
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const refusal = await transact(db, table, beat, place);
      if (refusal === undefined) return "counted";
      if (refusal === "stored") return "stored";
      place = placeOf(beat, refusal);
    }
    throw new StoreUnavailableError(`minute ${beat.minute} found no quiet moment in ${MOST_LOOKS} tries`);
  },

  async count() {
    const key = { pk: PARTITION, sk: LIVE };
    const { Item } = await answered(
      db.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true })),
    );
    return toLive(Item).beats;
  },
});

const placeOf = ({ minute, recordedAt }: Beat, { born, newest }: Live): Place => ({
  first: born === undefined,
  early: minute < (born ?? minuteAt(recordedAt)),
  late: newest !== undefined && minute < newest,
});

/** One beat: marks the minute if it is absent and adds to the sums; or tells what stood against it. */
const transact = async (
  db: DynamoDBDocumentClient,
  table: string,
  beat: Beat,
  place: Place,
): Promise<undefined | "stored" | Live> => {
  const updates = [markMinute(beat), addToLive(beat, place), addToMonth(beat, place)];
  const command = new TransactWriteCommand({
    TransactItems: updates.map((update) => ({ Update: { TableName: table, ...update } })),
  });
  try {
    await db.send(command);
    return undefined;
  } catch (error) {
    if (error instanceof TransactionCanceledException) {
      const [hour, live] = error.CancellationReasons ?? [];
      if (hour?.Code === "ConditionalCheckFailed") return "stored";
      if (live?.Code === "ConditionalCheckFailed") return toLive(plain(live.Item));
    }
    throw new StoreUnavailableError("the beat could not be recorded", { cause: error });
  }
};

const markMinute = (beat: Beat) => {
  const { row, minute } = hourOf(beat.minute);
  return {
    Key: { pk: PARTITION, sk: row },
    UpdateExpression: "SET #minute = :lateness",
    ConditionExpression: "attribute_not_exists(#minute)",
    ExpressionAttributeNames: { "#minute": minute },
    ExpressionAttributeValues: { ":lateness": latenessOf(beat) },
  };
};

const addToLive = ({ minute, recordedAt }: Beat, { first, early, late }: Place) => {
  const set = [...(first ? ["born = :now"] : []), ...(late ? [] : ["newest = :minute"])];
  const bornFits = early ? "born > :minute" : "born <= :minute";
  const newestFits = late ? "newest > :minute" : "newest < :minute";
  return {
    Key: { pk: PARTITION, sk: LIVE },
    UpdateExpression: `${set.length > 0 ? `SET ${set.join(", ")} ` : ""}ADD beats :one${early ? ", early :one" : ""}`,
    ConditionExpression: first ? "attribute_not_exists(born)" : `${bornFits} AND ${newestFits}`,
    ExpressionAttributeValues: {
      ":one": 1,
      ":minute": minute,
      ...(first ? { ":now": minuteAt(recordedAt) } : {}),
    },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
};

const addToMonth = ({ minute }: Beat, { early }: Place) => {
  const { row, day } = dayOf(minute);
  return {
    Key: { pk: PARTITION, sk: row },
    UpdateExpression: `ADD #day :one${early ? ", #early :one" : ""}`,
    ExpressionAttributeNames: { "#day": day, ...(early ? { "#early": `early${day}` } : {}) },
    ExpressionAttributeValues: { ":one": 1 },
  };
};

/** A refused guard's row comes as the wire has it; `live` holds nothing but numbers and text. */
const plain = (item: Record<string, { N?: string; S?: string }> | undefined): Row | undefined =>
  item &&
  Object.fromEntries(Object.entries(item).map(([name, { N, S }]) => [name, N === undefined ? S : Number(N)]));

const answered = async <T>(request: Promise<T>): Promise<T> => {
  try {
    return await request;
  } catch (cause) {
    throw new StoreUnavailableError("the table could not be read or written", { cause });
  }
};

/** The rows themselves, for those who check the sums against the minutes: never for a handler. */
export const createDynamoLedger = (db: DynamoDBDocumentClient, table: string): Ledger => ({
  async rows() {
    const rows = new Map<string, Row>();
    let from: Row | undefined;
    do {
      const page = await answered(
        db.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :pk",
            ExpressionAttributeValues: { ":pk": PARTITION },
            ConsistentRead: true,
            ...(from ? { ExclusiveStartKey: from } : {}),
          }),
        ),
      );
      for (const { pk, sk, ...row } of page.Items ?? []) rows.set(String(sk), row);
      from = page.LastEvaluatedKey;
    } while (from);
    return rows;
  },

  async correct({ row, attribute, stored, counted }) {
    const absent = stored === undefined;
    await answered(
      db.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: PARTITION, sk: row },
          UpdateExpression: counted === undefined ? "REMOVE #a" : "SET #a = :counted",
          ConditionExpression: absent ? "attribute_not_exists(#a)" : "#a = :stored",
          ExpressionAttributeNames: { "#a": attribute },
          ...(absent && counted === undefined
            ? {}
            : {
                ExpressionAttributeValues: {
                  ...(counted === undefined ? {} : { ":counted": counted }),
                  ...(absent ? {} : { ":stored": stored }),
                },
              }),
        }),
      ),
    );
  },
});
