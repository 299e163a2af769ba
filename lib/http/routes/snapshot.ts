import { isDeepStrictEqual } from "node:util";
import type { BeatStore, History, HistoryRange } from "../../domain/beat-store.ts";
import { effectiveThresholds, type StageRules } from "../../domain/thresholds.ts";
import { intervalOf } from "../../domain/timeline.ts";
import { pulse, snapshotRange } from "../../pulse/pulse.ts";
import type { RequestHeaders } from "../../reply/etag.ts";
import type { RenderContext, RenderError } from "../../reply/problem.ts";
import type { Reply } from "../../reply/reply.ts";
import type { Pulse } from "../../schemas/status.ts";

/** What a route renders its reply from. */
export interface RenderRequest extends RenderContext {
  store: Pick<BeatStore, "read" | "past">;
  /** The thresholds and the interval of the stage; stored thresholds take precedence. */
  stage: StageRules;
  /** Milliseconds since the epoch. */
  now: number;
  /** The query string, without the question mark. */
  query: string;
  headers?: RequestHeaders | undefined;
}

export interface Route {
  render(request: RenderRequest): Promise<Reply>;
  renderError: RenderError;
}

/**
 * Reads the range that the thresholds and the interval in effect require. They are known only after reading, so this reads
 * by those of the stage first, and again in the rare case that the stored ones require another range.
 */
export const readRange = async (
  { store, stage }: RenderRequest,
  rangeFor: (rules: StageRules) => HistoryRange,
): Promise<{ history: History; rules: StageRules }> => {
  const range = rangeFor(stage);
  const history = await store.read(range);
  const rules = effectiveThresholds(stage, history.thresholds);
  const needed = rangeFor({ ...rules, every: intervalOf(history, stage) });
  return { history: isDeepStrictEqual(range, needed) ? history : await store.read(needed), rules };
};

export const readSnapshot = (request: RenderRequest) =>
  readRange(request, (rules) => snapshotRange(request.now, rules));

/** Renders the snapshot. All formats are made from it, so they agree. */
export const fromSnapshot =
  (render: (pulse: Pulse, context: RenderContext) => Reply): Route["render"] =>
  async (request) => {
    const { history, rules } = await readSnapshot(request);
    return render(pulse(history, request.now, rules), request);
  };
