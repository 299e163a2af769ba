/** The table's name. @throws Error naming the variable when it is missing */
export const loadTableName = (env: NodeJS.ProcessEnv = process.env): string => {
  const name = env["BEATS_TABLE"];
  if (!name) throw new Error("BEATS_TABLE is not set: it must hold the name of the table of beats");
  return name;
};
