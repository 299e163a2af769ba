import { BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { dayAt } from "../../lib/minute.ts";
import { atOnce } from "./at-once.ts";

/** `00`, `01`, … */
export const twoDigits = (length: number, first = 0): string[] =>
  Array.from({ length }, (_, n) => String(n + first).padStart(2, "0"));

// Some lateness within two seconds, the same each hour: to make 60 new numbers an hour takes most of the time.
const MARKS = marshall(Object.fromEntries(twoDigits(60).map((minute, n) => [minute, (n * 7_919) % 2_000])));
const ADAY = 86_400_000;

/**
 * Writes the hours of a heart that beat each minute of the whole days from `added` to before `until`, and the
 * months of its whole life, from `added` to before `end`; all in ms since the epoch.
 */
export const writeDays = async (
  db: DynamoDBClient,
  table: string,
  { added, until, end }: { added: number; until: number; end: number },
) => {
  const hours = [];
  for (let time = added; time < until; time += ADAY) {
    for (const hour of twoDigits(24))
      hours.push({ ...marshall({ sk: `hour#${dayAt(time)}T${hour}` }), ...MARKS });
  }
  const months = new Map<string, Record<string, number>>();
  for (let time = added; time < end; time += ADAY) {
    const [key, day] = [`month#${dayAt(time).slice(0, 7)}`, dayAt(time).slice(8)];
    months.set(key, { ...months.get(key), [day]: 1_440 });
  }
  const rows = [...hours, ...[...months].map(([sk, days]) => marshall({ sk, ...days }))];
  const batches = Array.from({ length: Math.ceil(rows.length / 25) }, (_, n) =>
    rows.slice(n * 25, n * 25 + 25),
  );
  await atOnce(4, batches, (batch) =>
    db.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [table]: batch.map((row) => ({ PutRequest: { Item: { ...row, pk: { S: "heart" } } } })),
        },
      }),
    ),
  );
};
