import { loadSettings } from "./settings.ts";
import { endWith, StartError } from "./start-error.ts";

/** `npm run beat`: beats the current minute, and prints the handler's answer and the count. */
const main = async (): Promise<void> => {
  const { httpPort, lambdaPort } = loadSettings(process.env);
  const invocation = `http://localhost:${lambdaPort}/2015-03-31/functions/heartbeat-dev-heartbeat/invocations`;
  const answer = await ask(invocation, { method: "POST", body: "{}" });
  const { counted, errorMessage = answer } = parse(answer);
  if (counted === undefined) throw new StartError(`the beat failed: ${errorMessage}`);
  console.log(answer);
  console.log(await ask(`http://localhost:${httpPort}/beats`));
};

const ask = async (url: string, init?: RequestInit): Promise<string> => {
  const response = await fetch(url, init).catch(() => {
    throw new StartError(
      `no service answers at ${new URL(url).origin}: start it with npm start, or give its PORT and LAMBDA_PORT`,
    );
  });
  const body = await response.text();
  if (!response.ok) throw new StartError(`${url} answers ${response.status}: ${body.slice(0, 200)}`);
  return body;
};

/** The heartbeat's answer, or its fault, as Lambda tells it; neither: something else listens there. */
const parse = (answer: string): { counted?: boolean; errorMessage?: string } => {
  try {
    return JSON.parse(answer);
  } catch {
    return {};
  }
};

main().catch(endWith);
