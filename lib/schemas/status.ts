import * as Type from "typebox";
import { Count, Day, field, Mark, Minute, Moment, orNull, Percent } from "./values.ts";

export const STATES = ["new", "up", "late", "down", "paused"] as const;

const STATE_DESCRIPTION =
  "`new`: no beat yet. `up`. `late`, `down`: `rules.lateAfter`, `rules.downAfter` seconds have passed since the start of the newest counted minute, or since a resume. `paused`: beats are not counted on purpose";

const State = Type.Enum([...STATES], {
  $id: "State",
  type: "string",
  description: STATE_DESCRIPTION,
});

const Gap = Type.Object(
  {
    from: field(Minute, "the first missed minute"),
    to: field(Minute, "the last missed minute"),
    minutes: field(Type.Integer({ minimum: 1 }), "the number of minutes, both ends included"),
  },
  { $id: "Gap" },
);

const Streak = Type.Object(
  {
    minutes: field(Count, "their number. Minutes covered by a pause neither count nor end the streak"),
    from: field(orNull(Minute), "the first of them, or null"),
    atLeast: field(
      Type.Boolean(),
      "true if the streak began before the last 24 hours; the true start is at or before `since`",
    ),
  },
  { $id: "Streak" },
);

const Lateness = Type.Object(
  {
    p50: field(Count, "the median (nearest rank)"),
    p95: field(Count, "the 95th percentile (nearest rank)"),
    max: field(Count, "the maximum"),
  },
  { $id: "Lateness" },
);

const LastDay = Type.Object(
  {
    gaps: field(Type.Array(Gap), "ranges of missed minutes, newest first; cut at the start of the 24 hours"),
    longestGap: field(orNull(Gap), "the longest of these ranges, or null"),
    streak: field(Streak, "counted minutes since the last missed one"),
    lateness: field(
      orNull(Lateness),
      "milliseconds from the start of a counted minute to its recording, or null if no minute was counted",
    ),
  },
  { $id: "Last24Hours" },
);

const Uptime = Type.Object(
  {
    "1h": field(orNull(Percent), "the last 60 minutes, the current one included"),
    "24h": field(orNull(Percent), "the last 1,440 minutes, the current one included"),
    "7d": field(orNull(Percent), "today and the 6 whole days before"),
    "30d": field(orNull(Percent), "today and the 29 whole days before"),
    "90d": field(orNull(Percent), "today and the 89 whole days before"),
    all: field(orNull(Percent), "since `born`"),
  },
  { $id: "Uptime" },
);

const TALLY = {
  beaten: field(Count, "the number of counted minutes"),
  missed: field(Count, "the number of missed minutes; both numbers are 0 if nothing was expected"),
  covered: field(Count, "the number of minutes since `born` that a pause covers, up to the current one"),
};

const MinuteSeries = Type.Object(
  {
    from: field(Minute, "the first of the 60 minutes"),
    marks: field(
      Type.Array(orNull(Mark)),
      "for each minute: `beaten`, `missed`, `covered` by a pause, or `pending` (can still arrive in time); null before `born`",
    ),
  },
  { $id: "MinuteSeries" },
);
const HourTally = Type.Object({ from: field(Minute, "the first minute"), ...TALLY }, { $id: "HourTally" });
const DayTally = Type.Object({ from: field(Day, "the date"), ...TALLY }, { $id: "DayTally" });

const Series = Type.Object(
  {
    minutes: field(MinuteSeries, "the last 60 minutes"),
    hours: field(Type.Array(HourTally), "24 clock hours"),
    days: field(Type.Array(DayTally), "90 days"),
  },
  { $id: "Series" },
);

const Rules = Type.Object(
  {
    lateAfter: field(Count, "seconds after which the state becomes `late`"),
    downAfter: field(Count, "seconds after which the state becomes `down`"),
  },
  { $id: "Rules" },
);

const Interval = Type.Object(
  {
    minutes: field(Type.Integer({ minimum: 1, maximum: 60 }), "the minutes between two beats"),
    since: field(
      orNull(Minute),
      "the first minute of this interval: `born`. Before it, beats of another interval were counted",
    ),
  },
  { $id: "Interval" },
);

const Pause = Type.Object(
  {
    from: field(Minute, "the first minute that it covers"),
    reason: field(orNull(Type.String()), "the reason given by the operator, or null"),
  },
  { $id: "Pause" },
);

const NewestBeat = Type.Object(
  {
    minute: field(Minute, "the minute"),
    age: field(Count, "seconds since its start"),
  },
  { $id: "NewestBeat" },
);

/** The reply of /status. */
export const StatusSchema = Type.Object(
  {
    now: field(Moment, "the moment of the snapshot, by the function's clock"),
    state: field(State, STATE_DESCRIPTION),
    since: field(
      orNull(Moment),
      "the moment the state began: `up`, the first minute of the streak, which pauses do not break; `late` and `down`, when the threshold passed; `paused`, the start of the pause; `new`, null",
    ),
    born: field(
      orNull(Minute),
      "the minute in which the first beat was recorded, or the first one since the interval changed; null before the first beat. Minutes before it count as beats but affect no statistics",
    ),
    beats: field(Count, "all minutes ever counted, as in `/beats`"),
    expected: field(Count, "`beats` + `missed`"),
    missed: field(
      Count,
      "minutes since `born` that are due, were not counted and are not covered by a pause. A slot is due `rules.lateAfter` − 60 × `interval.minutes` seconds after it starts. A late arrival reduces the number",
    ),
    newest: field(orNull(NewestBeat), "the newest counted minute since `born`, or null"),
    nextDue: field(
      orNull(Moment),
      "the moment at which the next minute becomes missed unless it is counted before; null when `new` or `paused`, and after a change of the interval until its first beat",
    ),
    lateAt: field(
      orNull(Moment),
      "the moment at which the state becomes `late` unless a beat is counted before; null when `new` or `paused`",
    ),
    downAt: field(
      orNull(Moment),
      "the moment at which the state becomes `down` unless a beat is counted before; null when `new` or `paused`",
    ),
    last24h: field(LastDay, "statistics by minute of the last 1,440 minutes, the current one included"),
    uptime: field(
      Uptime,
      "counted minutes in percent of expected minutes, cut off after three decimals, so 100 means that none was missed; null if none was expected",
    ),
    series: field(Series, "the past in equal steps, oldest first, the current step included"),
    rules: field(Rules, "the thresholds in effect"),
    interval: field(
      Interval,
      "the interval of the schedule. _Minute_ in every other field means the first minute of an interval. After a change of the interval it is the previous one until the first beat",
    ),
    pause: field(orNull(Pause), "the current pause, or null"),
  },
  {
    $id: "Status",
    description: "The snapshot has ages and rules in seconds, lateness in ms and uptime in percent.",
  },
);

export type Pulse = Type.Static<typeof StatusSchema>;
export type State = Pulse["state"];
export type LastDay = Pulse["last24h"];
export type Gap = LastDay["gaps"][number];
export type Series = Pulse["series"];
