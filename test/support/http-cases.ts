import { expect, it } from "vitest";

/** How the cases reach a service: in process, through serverless-offline, or deployed. */
export interface HttpDriver {
  request(method: string, path: string): Promise<{ status: number; headers: Headers; body: Buffer }>;
  /** Makes one more minute beat. */
  beat(): Promise<unknown>;
}

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

  it("GET / is a page, by a strict policy, that is asked for again each time", async () => {
    await driver().beat();

    const reply = await driver().request("GET", "/");

    expect(reply.status).toBe(200);
    expect(kindOf(reply.headers)).toEqual({ type: "text/html", cache: "no-cache" });
    expect(reply.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(reply.headers.get("etag")).toMatch(/^"[\w-]+"$/);
    expect(reply.body.toString()).toMatch(/^<!doctype html>.*<h1 id="word">(Up|Late|Down)<\/h1>/s);
  });

  it.each([
    ["/ping", "application/json"],
    ["/beats", "application/json"],
    ["/status", "application/json"],
    ["/health", "application/health+json"],
  ])("GET %s is %s that nobody keeps", async (path, type) => {
    const reply = await driver().request("GET", path);

    expect(kindOf(reply.headers)).toEqual({ type, cache: "no-store" });
  });

  it.each(["/", "/ping", "/beats", "/status", "/health"])(
    "HEAD %s answers as GET does, without a body",
    async (path) => {
      const get = await driver().request("GET", path);

      const head = await driver().request("HEAD", path);

      expect(head.status).toBe(get.status);
      expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
      expect(head.headers.get("cache-control")).toBe(get.headers.get("cache-control"));
      expect(head.headers.get("etag")).toBe(get.headers.get("etag"));
      expect(head.body).toEqual(Buffer.alloc(0));
    },
  );

  it.each([
    ["GET", "/nothing"],
    ["GET", "/ping/pong"],
    ["GET", "/dev/ping"],
    ["POST", "/beats"],
    ["DELETE", "/ping"],
    ["POST", "/"],
    ["POST", "/status"],
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
