import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createPulseHandler } from "../../handlers/factories/pulse.ts";
import type { HistoryRange } from "../../lib/domain/beat-store.ts";
import { DEFAULT_NAMES } from "../../lib/service/names.ts";
import { type Facts, pastReaderOf, readerOf } from "../support/fixtures/history.ts";
import { NOW } from "./states.ts";

/** Serves the HTTP routes of a history at the time of the pictures. An error instead of a history fails each read. */
export const servePage = async (facts: Facts | Error): Promise<{ url: string; stop: () => void }> => {
  const store =
    facts instanceof Error
      ? { read: () => Promise.reject(facts), past: () => Promise.reject(facts) }
      : { read: async (range: HistoryRange) => readerOf(facts)(range), past: pastReaderOf(facts) };
  const handler = createPulseHandler(store, { lateAfter: 150, downAfter: 270, every: 1 }, DEFAULT_NAMES, () =>
    Date.parse(NOW),
  );
  const server = createServer(async ({ url = "/" }, response) => {
    const [rawPath = "/", rawQueryString = ""] = url.split("?");
    const {
      statusCode = 200,
      headers,
      body,
    } = await handler({
      routeKey: `GET ${rawPath}`,
      rawPath,
      rawQueryString,
    });
    response.writeHead(statusCode, headers as Record<string, string>).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
