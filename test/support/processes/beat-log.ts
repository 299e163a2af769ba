/** What stands beside a bump line, as a terminal shows it. */
export const BESIDE_BUMP = /minute\W+(\d{4}-\d\d-\d\dT\d\d:\d\dZ)\W+lateness\W+(\d+)/;

export const besideBump = (line: string): { minute: string; lateness: number } => {
  const [, minute = "", lateness] = BESIDE_BUMP.exec(line) ?? [];
  return { minute, lateness: Number(lateness) };
};
