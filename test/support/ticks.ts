import sample from "../../events/heartbeat.json" with { type: "json" };

/** The scheduled event of another time. */
export const tickAt = (time: unknown) => ({ ...sample, time });

let minute = Date.parse("2018-08-20T14:38:00Z");

/** The time of a minute that no test beat before. */
export const freshTime = (): string => {
  minute += 60_000;
  return new Date(minute).toISOString().replace(".000", "");
};

/** As the handler's answer names the minute of a time. */
export const minuteOf = (time: string | number): string => `${new Date(time).toISOString().slice(0, 16)}Z`;
