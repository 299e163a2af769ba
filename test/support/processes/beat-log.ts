/** The fields after the message of a beat's log line, as a terminal shows them. */
export const BESIDE_BUMP = /minute\W+(\d{4}-\d\d-\d\dT\d\d:\d\dZ)\W+lateness\W+(\d+)/;

export const besideBump = (line: string): { minute: string; lateness: number } => {
  const [, minute = "", lateness] = BESIDE_BUMP.exec(line) ?? [];
  return { minute, lateness: Number(lateness) };
};
