import { intervalOf } from "../../domain/timeline.ts";
import { historyPage, pageRange } from "../../history/page.ts";
import { toHistoryQuery } from "../../history/query.ts";
import { problemReply } from "../../reply/problem.ts";
import { jsonReply } from "../../reply/reply.ts";
import { type Route, readRange } from "./snapshot.ts";

const renderHistory: Route["render"] = async (request) => {
  const { query, now } = request;
  // The interval of the stored beats, whose slots a cursor names, is known only after reading. Until then a cursor can be
  // any minute.
  const { history, rules } = await readRange(request, (each) =>
    pageRange(toHistoryQuery(query, now, each.every, 1), now, each),
  );
  const page = toHistoryQuery(query, now, intervalOf(history, rules));
  return jsonReply(200, historyPage(history, page, now, rules));
};

export const HISTORY: Route = { render: renderHistory, renderError: problemReply };
