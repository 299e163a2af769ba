import { reachLoopbackDirectly } from "../local/environment/no-proxy.ts";
import { liveRecords, type RunRecord } from "../local/environment/run-record.ts";
import { loadSettings } from "../local/environment/settings.ts";
import { UserError } from "../user-error.ts";

/** @throws UserError if no service of this checkout runs on `PORT` */
export const findService = (): RunRecord => {
  const { httpPort } = loadSettings(process.env);
  const service = liveRecords().find((run) => run.httpPort === httpPort);
  if (service !== undefined) return service;
  throw new UserError(
    `no service of this checkout runs on port ${httpPort}: start it with npm start, or set PORT to its port`,
  );
};

/**
 * Invokes a function of a local service and returns its reply as text. `member` is a key that every reply has.
 * @throws UserError if the function fails, or if another program replies
 */
export const invoke = async (
  { lambdaPort, functions }: RunRecord,
  name: string,
  data: object,
  member: string,
): Promise<string> => {
  const path = `2015-03-31/functions/${functions?.[name]}/invocations`;
  const answer = await ask(`http://localhost:${lambdaPort}/${path}`, {
    method: "POST",
    body: JSON.stringify(data),
  });
  const members = parse(answer);
  if (member in members) return answer;
  throw new UserError(`${name} failed: ${members.errorMessage ?? answer}`);
};

export const ask = async (url: string, init?: RequestInit): Promise<string> => {
  reachLoopbackDirectly();
  const response = await fetch(url, init).catch(() => {
    throw new UserError(
      `no service responds at ${new URL(url).origin}: start it with npm start, or set PORT to its port`,
    );
  });
  const body = await response.text();
  if (!response.ok) throw new UserError(`${url} returned ${response.status}: ${body.slice(0, 200)}`);
  return body;
};

/** A reply, or an error in the format of Lambda; an empty object for anything else. */
const parse = (answer: string): { errorMessage?: string } => {
  try {
    return Object(JSON.parse(answer));
  } catch {
    return {};
  }
};
