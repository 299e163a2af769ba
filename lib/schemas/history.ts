import * as Type from "typebox";
import { MARKS } from "../domain/timeline.ts";
import { Count, Day, field, Minute, Moment, orNull } from "./values.ts";

export const STEPS = ["minute", "hour", "day"] as const;
export const Step = Type.Enum([...STEPS], { type: "string" });

/** Before the minute of the first recorded beat, a counted minute is `early` and any other is `unborn`. */
const MinuteState = Type.Enum([...MARKS, "early", "unborn"], { type: "string" });

const MinuteItem = Type.Object(
  {
    minute: field(Minute, "step `minute`: the minute"),
    state: field(
      MinuteState,
      "step `minute`: `beaten`; `missed`; `covered` by a pause; `pending`, not due yet. Before `born`: `early` (counted) or `unborn` (not counted); neither is missed",
    ),
    lateness: field(
      orNull(Count),
      "step `minute`: milliseconds from the start of the minute to its recording; null if it was not counted",
    ),
  },
  { $id: "HistoryMinute" },
);

const SumFields = {
  beats: field(Count, "counted minutes, up to the current one"),
  expected: field(Count, "`beats` + `missed`"),
  missed: field(Count, "as in `/status`, for this hour or day"),
  covered: field(Count, "minutes since `born` that a pause covers, up to the current one"),
  early: field(Count, "the part of `beats` that lies before `born`"),
};
const HourItem = Type.Object(
  { hour: field(Minute, "step `hour`: its first minute"), ...SumFields },
  { $id: "HistoryHour" },
);
const DayItem = Type.Object({ day: field(Day, "step `day`: the date"), ...SumFields }, { $id: "HistoryDay" });

/** The reply of /beats/history. */
export const HistorySchema = Type.Object(
  {
    now: field(Moment, "the moment of the page, by the function's clock"),
    step: field(Step, "`minute`, `hour` or `day`"),
    items: field(
      Type.Array(Type.Union([MinuteItem, HourItem, DayItem])),
      "the minutes, hours or days, newest first",
    ),
    next: field(
      orNull(Type.String()),
      "query string of the following page, relative to this URL; null on the last page",
    ),
  },
  {
    $id: "History",
    description:
      "The items of a page are in order, newest first and without gaps. `next` is the query string of the following page.",
  },
);

export type HistoryPage = Type.Static<typeof HistorySchema>;
export type MinuteState = Type.Static<typeof MinuteState>;
export type MinuteItem = Type.Static<typeof MinuteItem>;
export type HourItem = Type.Static<typeof HourItem>;
export type DayItem = Type.Static<typeof DayItem>;
export type Sums = Omit<Type.Static<typeof HourItem>, "hour">;
