import { BatchWriteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { fromIndex } from "../../lib/minute.ts";
import { dayOf, hourOf, type Row } from "../../lib/table-layout.ts";
import type { Span } from "../../lib/timeline.ts";
import { atOnce } from "./at-once.ts";

/** Writes the hours of a heart that beat each minute of `added`, and the months of its whole `life`. */
export const writeLife = async (db: DynamoDBDocumentClient, table: string, life: Span, added: Span) => {
  const rows = new Map<string, Row>();
  const set = (row: string, attribute: string, change: (value: unknown) => number) => {
    const attributes = rows.get(row) ?? {};
    attributes[attribute] = change(attributes[attribute]);
    rows.set(row, attributes);
  };
  for (let index = life.from; index <= life.to; index++) {
    const [hour, day] = [hourOf(fromIndex(index)), dayOf(fromIndex(index))];
    // Whatever lateness, within two seconds.
    if (index >= added.from && index <= added.to)
      set(hour.row, hour.attribute, () => (index * 7_919) % 2_000);
    set(day.row, day.attribute, (beats) => Number(beats ?? 0) + 1);
  }
  const items = [...rows].map(([sk, row]) => ({ pk: "heart", sk, ...row }));
  const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, n) =>
    items.slice(n * 25, n * 25 + 25),
  );
  await atOnce(8, batches, (batch) =>
    db.send(
      new BatchWriteCommand({
        RequestItems: { [table]: batch.map((Item) => ({ PutRequest: { Item } })) },
      }),
    ),
  );
};
