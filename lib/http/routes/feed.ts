import { momentAt, startOf } from "../../domain/minute.ts";
import { stateChanges } from "../../past/changes.ts";
import { readPast } from "../../past/past.ts";
import { problemReply } from "../../reply/problem.ts";
import { pageUrlOf, renderFeed } from "../feed.ts";
import { type Route, readSnapshot } from "./snapshot.ts";

const renderStateChanges: Route["render"] = async (request) => {
  const { store, now, path, headers, names } = request;
  const { history, rules } = await readSnapshot(request);
  const past = await readPast(store, history, now, rules);
  return renderFeed(stateChanges(past, now, rules), {
    page: pageUrlOf(path, headers),
    title: `${names.service} ${names.stage}`,
    begin: history.born === undefined ? undefined : momentAt(startOf(history.born)),
  });
};

export const FEED: Route = { render: renderStateChanges, renderError: problemReply };
