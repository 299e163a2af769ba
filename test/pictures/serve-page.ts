import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createPulseHandler } from "../../handlers/factories/pulse.ts";
import type { BeatStore } from "../../lib/domain/beat-store.ts";
import { NEVER } from "../../lib/domain/pauses.ts";
import { createMemoryStore } from "../support/fakes/memory-store.ts";
import { type Facts, historyOf, readerOf } from "../support/fixtures/history.ts";
import { NOW } from "./states.ts";

/** Serves the HTTP routes of a history at the time of the pictures. An error instead of a history fails each read. */
export const servePage = async (facts: Facts | Error): Promise<{ url: string; stop: () => void }> => {
  const readFacts = facts instanceof Error ? () => Promise.reject(facts) : undefined;
  const reader = facts instanceof Error ? undefined : readerOf(facts);
  const read = readFacts ?? (async (range: Parameters<ReturnType<typeof readerOf>>[0]) => reader?.(range));
  const past: BeatStore["past"] = async ({ days, pauses: { from, to = NEVER } }) => {
    const { minutes, pauses } = historyOf(facts instanceof Error ? {} : facts);
    return {
      minutes: new Map([...minutes].filter(([minute]) => days.includes(minute.slice(0, 10)))),
      pauses: pauses.filter((pause) => pause.from <= to && (pause.to ?? NEVER) >= from),
      pausesKnownFrom: from,
    };
  };
  const store = { ...createMemoryStore(), read, past } as ReturnType<typeof createMemoryStore>;
  const handler = createPulseHandler(store, { lateAfter: 150, downAfter: 270 }, () => Date.parse(NOW));
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
