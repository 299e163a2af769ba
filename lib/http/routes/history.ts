import { intervalOf } from "../../domain/timeline.ts";
import { historyPage, pageRange } from "../../history/page.ts";
import { toHistoryQuery } from "../../history/query.ts";
import { problemReply } from "../../reply/problem.ts";
import { jsonReply } from "../../reply/reply.ts";
import { type Route, readRange } from "./snapshot.ts";

const renderHistory: Route["render"] = async (request) => {
  const { now } = request;
  const queryFor = (every: number) => toHistoryQuery(request.query, now, every);
  const { history, rules } = await readRange(request, (each) => pageRange(queryFor(each.every), now, each));
  return jsonReply(200, historyPage(history, queryFor(intervalOf(history, rules)), now, rules));
};

export const HISTORY: Route = { render: renderHistory, renderError: problemReply };
