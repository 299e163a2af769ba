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
    `no service of this checkout runs on port ${httpPort}: start it with npm start or npm run dev, or set PORT to its port; if npm run dev is running, wait until the service is ready`,
  );
};

/**
 * Invokes a function of a local service and returns its reply as text. `member` is a key that every reply has.
 * @throws UserError if the service lacks the function, if the function fails, or if another program replies
 */
export const invoke = async (
  service: RunRecord,
  name: string,
  data: object,
  member: string,
): Promise<string> => {
  const { httpPort, lambdaPort, functions } = service;
  const deployedName = functions?.[name];
  if (deployedName === undefined) {
    throw new UserError(
      `the service on port ${httpPort} has no function ${name}: add it to serverless.yml and start the service again`,
    );
  }
  const url = `http://localhost:${lambdaPort}/2015-03-31/functions/${deployedName}/invocations`;
  const answer = await request(service, url, { method: "POST", body: JSON.stringify(data) });
  const members = parse(answer);
  if (member in members) return answer;
  throw new UserError(`${name} failed: ${members.errorMessage ?? answer}`);
};

/** Returns the reply of `GET /beats`. @throws UserError */
export const readBeats = (service: RunRecord): Promise<string> =>
  request(service, `http://localhost:${service.httpPort}/beats`);

const request = async ({ httpPort }: RunRecord, url: string, init?: RequestInit): Promise<string> => {
  reachLoopbackDirectly();
  const response = await fetch(url, init).catch(() => {
    // The service has a record, so its process runs.
    throw new UserError(
      `the service on port ${httpPort} does not respond: try again after it has printed "ready on port ${httpPort}"`,
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
