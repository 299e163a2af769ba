import { DeleteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { dayOf, hourOf, type Row } from "../../lib/table-layout.ts";
import { atOnce } from "./at-once.ts";
import { type Facts, historyOf } from "./history.ts";
import { putRow, storedRows } from "./table.ts";

/** Makes a table that of a heart of which all this is true. Pauses that ended are not told by day. */
export const becomeHeart = async (db: DynamoDBDocumentClient, table: string, facts: Facts): Promise<void> => {
  for (const { sk } of await storedRows(db, table)) {
    await db.send(new DeleteCommand({ TableName: table, Key: { pk: "heart", sk } }));
  }
  const { beats, early, covered, born, newest, minutes, days, pauses } = historyOf(facts);
  const rows = new Map<string, Row>();
  const put = (row: string, attributes: Row) => rows.set(row, { ...rows.get(row), ...attributes });
  for (const [minute, lateness] of minutes) put(hourOf(minute).row, { [hourOf(minute).attribute]: lateness });
  for (const [day, sums] of days) put(dayOf(day).row, { [dayOf(day).attribute]: sums.beats });
  if (born !== undefined) put("live", { beats, early, born, ...(newest === undefined ? {} : { newest }) });
  if (pauses.length > 0) put("live#rules", { covered, pauses });
  await atOnce(8, [...rows], ([sk, row]) => putRow(db, table, { sk, ...row }));
};
