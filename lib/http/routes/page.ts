import { BadRequestError } from "../../domain/errors.ts";
import { readDay, toDay } from "../../past/day.ts";
import { readPast } from "../../past/past.ts";
import { pulse } from "../../pulse/pulse.ts";
import { problemReply, type RenderError } from "../../reply/problem.ts";
import { renderDay } from "../page/day.ts";
import { renderPage, renderPageError } from "../page/page.ts";
import { type Route, readSnapshot } from "./snapshot.ts";

/** Renders the status page, or the page of the day in the parameter `day`. */
const render: Route["render"] = async (request) => {
  const { store, stage, now, query } = request;
  const day = toDay(query);
  if (day !== undefined) return renderDay(await readDay(store, day, now, stage), request);
  const { history, rules } = await readSnapshot(request);
  const past = await readPast(store, history, now, rules);
  return renderPage(pulse(history, now, rules), past, request);
};

/** The page shows an unknown state, but an invalid parameter is the reader's mistake. */
const renderError: RenderError = (error, context) =>
  error instanceof BadRequestError ? problemReply(error) : renderPageError(error, context);

export const PAGE: Route = { render, renderError };
