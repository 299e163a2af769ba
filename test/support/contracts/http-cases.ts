import { expect, it } from "vitest";
import { minuteOf } from "../fixtures/ticks.ts";
import { faultsOf, type OpenApi } from "../programs/openapi.ts";

/** Sends requests to a service: in process, through serverless-offline, or deployed. */
export interface HttpDriver {
  request(
    method: string,
    path: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; body: Buffer }>;
  /** Records one more slot. */
  beat(): Promise<unknown>;
  /** The interval of the schedule in minutes. */
  every: number;
}

/** The day whose minutes the tests record. */
const DAY = "from=2018-08-20&to=2018-08-20";

/** Every route with its media type and cache-control. */
const ROUTES: [path: string, type: string, cache: string][] = [
  ["/", "text/html", "no-cache"],
  ["/ping", "application/json", "no-store"],
  ["/beats", "application/json", "no-store"],
  ["/beats/history", "application/json", "no-store"],
  ["/status", "application/json", "no-store"],
  ["/health", "application/health+json", "no-store"],
  ["/metrics", "text/plain", "no-store"],
  ["/badge.svg", "image/svg+xml", "max-age=30, must-revalidate"],
  ["/badge.json", "application/json", "max-age=30, must-revalidate"],
  ["/feed.atom", "application/atom+xml", "max-age=60, must-revalidate"],
  ["/openapi.json", "application/json", "max-age=300, must-revalidate"],
];

/** The HTTP contract, whatever runs the functions. */
export const httpCases = (driver: () => HttpDriver): void => {
  /** A GET and a second request while the etag stays the same: the page changes every minute. */
  const withSameEtag = async (path: string, ask: (etag: string) => ReturnType<HttpDriver["request"]>) => {
    for (;;) {
      const get = await driver().request("GET", path);
      const etag = get.headers.get("etag");
      const reply = await ask(etag ?? "");
      if ((await driver().request("GET", path)).headers.get("etag") === etag) return [get, reply] as const;
    }
  };

  it('GET /ping returns exactly the bytes {"payload":"PONG"}', async () => {
    const reply = await driver().request("GET", "/ping");

    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(Buffer.from('{"payload":"PONG"}'));
  });

  it("GET /beats returns the number of counted minutes, byte for byte", async () => {
    const { payload } = JSON.parse((await driver().request("GET", "/beats")).body.toString());
    await driver().beat();

    const reply = await driver().request("GET", "/beats");

    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(Buffer.from(`{"payload":${payload + 1}}`));
  });

  it("GET /status counts one more after a beat, like /beats, and expected is beats plus missed", async () => {
    await driver().beat();
    const before = JSON.parse((await driver().request("GET", "/status")).body.toString());
    await driver().beat();

    const reply = await driver().request("GET", "/status");

    const { payload } = JSON.parse((await driver().request("GET", "/beats")).body.toString());
    const { state, beats, expected, missed } = JSON.parse(reply.body.toString());
    expect(reply.status).toBe(200);
    expect([before.beats + 1, beats]).toEqual([beats, payload]);
    expect(expected).toBe(beats + missed);
    expect(["up", "late", "down"]).toContain(state);
  });

  it("GET /health reports the state of /status", async () => {
    await driver().beat();
    const readState = async () =>
      JSON.parse((await driver().request("GET", "/status")).body.toString()).state;

    const before = await readState();
    const reply = await driver().request("GET", "/health");
    const after = await readState();

    const { status, notes } = JSON.parse(reply.body.toString());
    const [state] = String(notes[0]).split(" since ");
    expect([before, after]).toContain(state);
    expect(status).toBe({ up: "pass", late: "warn", down: "fail" }[String(state)]);
    expect(reply.status).toBe(status === "fail" ? 503 : 200);
  });

  it("GET /beats/history contains one more beat after a beat, in minutes, hours and days", async () => {
    const beatsBy = async (step: string, limit: number) => {
      const page = await driver().request("GET", `/beats/history?step=${step}&${DAY}&limit=${limit}`);
      const { items } = JSON.parse(page.body.toString());
      return items.reduce(
        (sum: number, { beats, lateness }: { beats?: number; lateness: number | null }) =>
          sum + (beats ?? (lateness === null ? 0 : 1)),
        0,
      );
    };
    await driver().beat();
    const before = [await beatsBy("minute", 1_440), await beatsBy("hour", 24), await beatsBy("day", 1)];
    await driver().beat();

    const after = [await beatsBy("minute", 1_440), await beatsBy("hour", 24), await beatsBy("day", 1)];

    expect(after).toEqual(before.map((beats) => beats + 1));
  });

  it("GET /beats/history returns all items when the client follows next", async () => {
    const readPage = async (query: string) =>
      JSON.parse((await driver().request("GET", `/beats/history${query}`)).body.toString());
    const whole = await readPage(`?step=minute&${DAY}&limit=1440`);

    const items = [];
    for (let next = `?step=minute&${DAY}&limit=400`; next !== null; ) {
      const page = await readPage(next);
      items.push(...page.items);
      next = page.next;
    }

    expect(items).toEqual(whole.items);
    const { every } = driver();
    expect(items).toHaveLength(1_440 / every);
    expect(items[0].minute).toBe(minuteOf("2018-08-20T23:59:00Z", every));
  });

  it.each([
    ["step", "step=week"],
    ["limit", "limit=1000000"],
    ["from", "from=2026-02-30"],
    ["to", "to=tomorrow"],
    ["from", "from=9999-12-31"],
    ["cursor", "cursor=eyJwayI6ImhlYXJ0In0%3D"],
    ["since", "since=2026-11-23"],
    ["limit", "limit=1&limit=2"],
    ["limit", "limit=%"],
    ["parameter", "%E0%A4%A=1"],
    ["cursor", `cursor=${"9".repeat(8_000)}`],
  ])("GET /beats/history with a bad %s returns 400 and names the parameter", async (name, query) => {
    const reply = await driver().request("GET", `/beats/history?${query}`);

    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body.toString())).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: expect.stringContaining(name),
    });
  });

  it.each(["/ping", "/beats", "/status", "/health"])(
    "GET %s ignores unknown query parameters",
    async (path) => {
      const plain = await driver().request("GET", path);

      const reply = await driver().request("GET", `${path}?step=week&limit=1&limit=2`);

      expect(reply.status).toBe(plain.status);
      expect(reply.headers.get("content-type")).toBe(plain.headers.get("content-type"));
    },
  );

  it("GET / returns a page with a strict content security policy that is revalidated each time", async () => {
    await driver().beat();

    const reply = await driver().request("GET", "/");

    expect(reply.status).toBe(200);
    expect(mediaTypeAndCache(reply.headers)).toEqual({ type: "text/html", cache: "no-cache" });
    expect(reply.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(reply.headers.get("etag")).toMatch(/^"[\w-]+"$/);
    expect(reply.body.toString()).toMatch(/^<!doctype html>.*<h1 id="word">(Up|Late|Down)<\/h1>/s);
  });

  it("GET /metrics, /badge.svg and /badge.json report the state of /status", async () => {
    await driver().beat();
    const read = async (path: string) => (await driver().request("GET", path)).body.toString();
    const status = async () => JSON.parse(await read("/status"));

    const before = await status();
    const metrics = await read("/metrics");
    const { message } = JSON.parse(await read("/badge.json"));
    const picture = await read("/badge.svg");
    const after = await status();

    const states = [before.state, after.state];
    const [, state] = /^heartbeat_state\{state="(\w+)"\} 1$/m.exec(metrics) ?? [];
    expect(states).toContain(state);
    expect(states).toContain(/^\w+/.exec(message)?.[0]);
    expect(states).toContain(/<title>heartbeat: (\w+)/.exec(picture)?.[1]);
    expect(metrics).toMatch(new RegExp(`^heartbeat_beats_total ${after.beats}$`, "m"));
  });

  it("GET and HEAD of every route match /openapi.json", async () => {
    const { body } = await driver().request("GET", "/openapi.json");
    const document: OpenApi = JSON.parse(body.toString());

    const faults: string[] = [];
    for (const path of Object.keys(document.paths)) {
      for (const method of ["GET", "HEAD"]) {
        faults.push(...faultsOf(document, method, path, await driver().request(method, path)));
      }
    }

    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(ROUTES.map(([path]) => path)));
    expect(faults).toEqual([]);
  });

  it.each(ROUTES)("GET %s returns %s with cache-control %s", async (path, type, cache) => {
    const reply = await driver().request("GET", path);

    expect(mediaTypeAndCache(reply.headers)).toEqual({ type, cache });
  });

  it("GET /metrics has the content type of the Prometheus text format", async () => {
    const { headers } = await driver().request("GET", "/metrics");

    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  });

  it.each(ROUTES)("HEAD %s returns status and headers of GET without a body", async (path) => {
    const [get, head] = await withSameEtag(path, () => driver().request("HEAD", path));

    expect(head.status).toBe(get.status);
    for (const name of ["content-type", "cache-control", "etag"]) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
    expect(head.body).toEqual(Buffer.alloc(0));
  });

  it.each(
    ROUTES.filter(([, , cache]) => cache !== "no-store").flatMap(([path]) => [
      ["GET", path],
      ["HEAD", path],
    ]),
  )("%s %s returns 304 for a matching etag", async (method = "", path = "") => {
    const [{ headers }, reply] = await withSameEtag(path, (etag) =>
      driver().request(method, path, { "if-none-match": `"else", W/${etag}` }),
    );

    const etag = headers.get("etag");
    expect(reply.status).toBe(304);
    expect(reply.headers.get("etag")).toBe(etag);
    expect(reply.headers.get("cache-control")).toBe(headers.get("cache-control"));
    expect(reply.headers.get("content-type")).toBe(headers.get("content-type"));
    expect(reply.body).toEqual(Buffer.alloc(0));
  });

  it.each([
    ["GET", "/nothing"],
    ["GET", "/ping/pong"],
    ["GET", "/dev/ping"],
    ["POST", "/beats"],
    ["DELETE", "/ping"],
    ["POST", "/"],
    ["POST", "/status"],
    ["POST", "/beats/history"],
    ["GET", "/beats/history/2026-11-23"],
    ["GET", "/health/deep"],
  ])("%s %s returns 404", async (method, path) => {
    const reply = await driver().request(method, path);

    expect(reply.status).toBe(404);
  });
};

/** The media type without parameters, because serverless-offline adds a charset. */
const mediaTypeAndCache = (headers: Headers) => ({
  type: headers.get("content-type")?.split(";")[0],
  cache: headers.get("cache-control"),
});
