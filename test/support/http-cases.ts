import { expect, it } from "vitest";

/** How the cases reach a service: in process, through serverless-offline, or deployed. */
export interface HttpDriver {
  request(method: string, path: string): Promise<{ status: number; headers: Headers; body: Buffer }>;
  /** Makes one more minute beat. */
  beat(): Promise<unknown>;
}

/** The day of which the tests beat the minutes. */
const DAY = "from=2018-08-20&to=2018-08-20";

/** What every client may rely on, whatever runs the functions. */
export const httpCases = (driver: () => HttpDriver): void => {
  it('GET /ping answers {"payload":"PONG"}, to the byte', async () => {
    const reply = await driver().request("GET", "/ping");

    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(Buffer.from('{"payload":"PONG"}'));
  });

  it("GET /beats answers the number of minutes that have beaten, to the byte", async () => {
    const { payload } = JSON.parse((await driver().request("GET", "/beats")).body.toString());
    await driver().beat();

    const reply = await driver().request("GET", "/beats");

    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(Buffer.from(`{"payload":${payload + 1}}`));
  });

  it("GET /status tells one beat more after a beat, as /beats does, and what was missed since birth", async () => {
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

  it("GET /health says what /status says", async () => {
    await driver().beat();
    const state = async () => JSON.parse((await driver().request("GET", "/status")).body.toString()).state;

    const before = await state();
    const reply = await driver().request("GET", "/health");
    const after = await state();

    const { status, notes } = JSON.parse(reply.body.toString());
    const [told] = String(notes[0]).split(" since ");
    expect([before, after]).toContain(told);
    expect(status).toBe({ up: "pass", late: "warn", down: "fail" }[String(told)]);
    expect(reply.status).toBe(status === "fail" ? 503 : 200);
  });

  it("GET /beats/history tells one beat more after a beat, in minutes, hours and days alike", async () => {
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

  it("GET /beats/history goes on from page to page by what each calls its next", async () => {
    const turnTo = async (query: string) =>
      JSON.parse((await driver().request("GET", `/beats/history${query}`)).body.toString());
    const whole = await turnTo(`?step=minute&${DAY}&limit=1440`);

    const items = [];
    for (let next = `?step=minute&${DAY}&limit=400`; next !== null; ) {
      const page = await turnTo(next);
      items.push(...page.items);
      next = page.next;
    }

    expect(items).toEqual(whole.items);
    expect(items).toHaveLength(1_440);
    expect(items[0].minute).toBe("2018-08-20T23:59Z");
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
  ])("GET /beats/history with a bad %s is a problem, 400, that names it", async (name, query) => {
    const reply = await driver().request("GET", `/beats/history?${query}`);

    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body.toString())).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: expect.stringContaining(name),
    });
  });

  it.each(["/ping", "/beats", "/status", "/health"])("GET %s ignores what it does not know", async (path) => {
    const plain = await driver().request("GET", path);

    const reply = await driver().request("GET", `${path}?step=week&limit=1&limit=2`);

    expect(reply.status).toBe(plain.status);
    expect(reply.headers.get("content-type")).toBe(plain.headers.get("content-type"));
  });

  it.each([
    ["/ping", "application/json"],
    ["/beats", "application/json"],
    ["/status", "application/json"],
    ["/beats/history", "application/json"],
    ["/beats/history?step=week", "application/problem+json"],
    ["/health", "application/health+json"],
  ])("GET %s is %s that nobody keeps", async (path, type) => {
    const reply = await driver().request("GET", path);

    expect(kindOf(reply.headers)).toEqual({ type, cache: "no-store" });
  });

  it.each(["/ping", "/beats", "/status", "/health", "/beats/history", "/beats/history?limit=0"])(
    "HEAD %s answers as GET does, without a body",
    async (path) => {
      const get = await driver().request("GET", path);

      const head = await driver().request("HEAD", path);

      expect(head.status).toBe(get.status);
      expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
      expect(head.headers.get("cache-control")).toBe(get.headers.get("cache-control"));
      expect(head.body).toEqual(Buffer.alloc(0));
    },
  );

  it.each([
    ["GET", "/"],
    ["GET", "/nothing"],
    ["GET", "/ping/pong"],
    ["GET", "/dev/ping"],
    ["POST", "/beats"],
    ["DELETE", "/ping"],
    ["POST", "/status"],
    ["POST", "/beats/history"],
    ["GET", "/beats/history/2026-11-23"],
    ["GET", "/health/deep"],
  ])("%s %s is not found", async (method, path) => {
    const reply = await driver().request(method, path);

    expect(reply.status).toBe(404);
  });
};

/** The media type alone: serverless-offline adds a charset. */
const kindOf = (headers: Headers) => ({
  type: headers.get("content-type")?.split(";")[0],
  cache: headers.get("cache-control"),
});
