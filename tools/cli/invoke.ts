import { reachLoopbackDirectly } from "../local/environment/no-proxy.ts";
import { liveRecords, type RunRecord } from "../local/environment/run-record.ts";
import { loadSettings } from "../local/environment/settings.ts";
import { UserError } from "../user-error.ts";

/** @throws StartError if no service of this checkout runs on `PORT` */
export const findService = (): RunRecord => {
  const { httpPort } = loadSettings(process.env);
  const service = liveRecords().find((run) => run.httpPort === httpPort);
  if (service !== undefined) return service;
  throw new UserError(
    `no service of this checkout runs on port ${httpPort}: start it with npm start, or give its PORT`,
  );
};

/**
 * Invokes a function of a service that runs here, and returns its answer as it came. `member`: what
 * none of its answers is without.
 * @throws StartError where the function refuses, or something else answers
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
      `no service answers at ${new URL(url).origin}: start it with npm start, or give its PORT`,
    );
  });
  const body = await response.text();
  if (!response.ok) throw new UserError(`${url} answers ${response.status}: ${body.slice(0, 200)}`);
  return body;
};

/** A function's answer, or its fault, as Lambda tells it; neither: something else listens there. */
const parse = (answer: string): { errorMessage?: string } => {
  try {
    return Object(JSON.parse(answer));
  } catch {
    return {};
  }
};
