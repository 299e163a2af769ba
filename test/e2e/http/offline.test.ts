import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { httpCases } from "../../support/contracts/http-cases.ts";
import { freshTime, minuteOf, tickAt } from "../../support/fixtures/ticks.ts";
import { describeOnEngines } from "../../support/optional/needs.ts";
import { besideBump } from "../../support/processes/beat-log.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { type Service, SLS_OFFLINE, startService } from "../../support/processes/service.ts";
import { faultsOf } from "../../support/programs/openapi.ts";

const folder = createCheckout();

describe.each([1, 5])("with a beat every %i minutes", (every) => {
  describeOnEngines("sls offline with DYNAMODB=%s", (DYNAMODB) => {
    let service: Service;
    beforeAll(async () => {
      const command = [...SLS_OFFLINE, `--param=every=${every}`];
      service = await startService({ folder, command, env: { DYNAMODB } });
    });

    it("returns 0 beats before the first beat", async () => {
      const reply = await service.request("GET", "/beats");

      expect(reply.body).toEqual(Buffer.from('{"payload":0}'));
    });

    it("has the state new before the first beat, with a warning at /health", async () => {
      const status = await service.request("GET", "/status");
      const health = await service.request("GET", "/health");

      expect(JSON.parse(status.body.toString())).toMatchObject({ state: "new", beats: 0, expected: 0 });
      expect(health.status).toBe(200);
      expect(JSON.parse(health.body.toString())).toMatchObject({ status: "warn", notes: ["no beat yet"] });
    });

    describe("HTTP", () => {
      httpCases(() => ({
        request: (...args) => service.request(...args),
        beat: () => service.deliver(tickAt(freshTime(every))),
        every,
      }));

      it("HEAD returns headers without a body", async () => {
        const socket = connect(service.port, "localhost");
        socket.write("HEAD /beats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        const reply = await text(socket);

        expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
        expect(reply.split("\r\n\r\n")[1]).toBe("");
      });
    });

    it("counts a slot once when it is delivered three times", async () => {
      const before = await service.count();
      const time = freshTime(every);

      const answers = [];
      for (const id of ["first", "second", "third"]) {
        answers.push(await service.deliver({ ...tickAt(time), id }));
      }

      expect(answers).toEqual(
        [true, false, false].map((counted) => ({ counted, minute: minuteOf(time, every) })),
      );
      expect(await service.count()).toBe(before + 1);
    });

    it("counts a slot once when it is delivered ten times concurrently", async () => {
      const before = await service.count();
      const time = freshTime(every);

      const answers = await Promise.all(Array.from({ length: 10 }, () => service.deliver(tickAt(time))));

      expect(answers.filter((answer) => isCounted(answer))).toEqual([
        { counted: true, minute: minuteOf(time, every) },
      ]);
      expect(await service.count()).toBe(before + 1);
    });

    it("counts a slot once when it is delivered with times at its start, within it and at its end", async () => {
      const before = await service.count();
      const slot = freshTime(every);
      const last = new Date(Date.parse(slot) + every * 60_000 - 1).toISOString();
      const middle = new Date(Date.parse(slot) + every * 30_000).toISOString();

      const answers = [];
      for (const time of [middle, last, slot]) answers.push(await service.deliver(tickAt(time)));

      expect(answers).toEqual([true, false, false].map((counted) => ({ counted, minute: minuteOf(slot) })));
      expect(await service.count()).toBe(before + 1);
    });

    it("counts two slots that are delivered in the wrong order", async () => {
      const before = await service.count();
      const [earlier, later] = [freshTime(every), freshTime(every)];

      const answers = [await service.deliver(tickAt(later)), await service.deliver(tickAt(earlier))];

      expect(answers).toEqual([
        { counted: true, minute: minuteOf(later, every) },
        { counted: true, minute: minuteOf(earlier, every) },
      ]);
      expect(await service.count()).toBe(before + 2);
    });

    it.each([
      ["an empty object", {}],
      ["an empty string", ""],
    ])("counts the current slot for %s", async (_, event) => {
      const before = minuteOf(Date.now(), every);

      const answer = await service.deliver(event);

      const after = minuteOf(Date.now(), every);
      expect(answer).toEqual({ counted: expect.any(Boolean), minute: expect.any(String) });
      expect([before, after]).toContain((answer as { minute: string }).minute);
      expect(await service.deliver(tickAt(timeOf(answer)))).toEqual({ ...Object(answer), counted: false });
    });

    it("logs minute and lateness of each counted beat, and nothing for a duplicate", async () => {
      const time = freshTime(every);
      const mark = service.program.lines().length;
      const before = Date.now();

      await service.deliver(tickAt(time));
      await service.deliver(tickAt(time));

      const after = Date.now();
      const written = () => service.program.lines().slice(mark);
      await service.program.waitForLine(new RegExp(`${minuteOf(time, every)}.*lateness`), 5_000);
      const bumps = written().filter((line) => line.includes("Bump"));
      expect(bumps).toEqual([
        expect.stringMatching(
          /^bump,Bump\.\.\. @ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{0,2}[1-9])? \+0000 UTC$/,
        ),
      ]);
      const recorded = Date.parse(bumps[0]?.slice(13).replace(" +0000 UTC", "Z") ?? "");
      expect(recorded).toBeGreaterThanOrEqual(before);
      expect(recorded).toBeLessThanOrEqual(after);
      const beside = written().find((line) => line.includes(minuteOf(time, every))) ?? "";
      expect(besideBump(beside)).toEqual({
        minute: minuteOf(time, every),
        lateness: recorded - Date.parse(time),
      });
    });

    it.each([
      ["an array", [7], "event", "[7]"],
      ["null", null, "event", "null"],
      ["a number", 7, "event", "7"],
      ["a string", "tick", "event", '"tick"'],
      ["data without a time", { source: "aws.events" }, "time", "undefined"],
      ["a time that is not a string", tickAt(1_534_775_880), "time", "1534775880"],
      ["a time without a zone", tickAt("2018-08-20T14:38:00"), "time", '"2018-08-20T14:38:00"'],
      ["a time in another zone", tickAt("2018-08-20T14:38:00+02:00"), "time", '"2018-08-20T14:38:00+02:00"'],
      ["30 February", tickAt("2018-02-30T14:38:00Z"), "time", '"2018-02-30T14:38:00Z"'],
      ["24:00", tickAt("2018-08-20T24:00:00Z"), "time", '"2018-08-20T24:00:00Z"'],
      ["second 60", tickAt("2018-08-20T14:38:60Z"), "time", '"2018-08-20T14:38:60Z"'],
      ["the year 9999", tickAt("9999-08-20T14:38:00Z"), "time", '"9999-08-20T14:38:00Z"'],
    ])("rejects %s with an error that names it, and counts nothing", async (_, event, field, value) => {
      const before = await service.count();

      const answer = await service.deliver(event);

      expect(answer).toMatchObject({ errorMessage: expect.stringContaining(field) });
      expect(answer).toMatchObject({ errorMessage: expect.stringContaining(value) });
      expect(await service.count()).toBe(before);
    });
  });
});

describeOnEngines("sls offline after its database (DYNAMODB=%s) died", (DYNAMODB) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ folder, env: { DYNAMODB } });
    await service.deliver(tickAt(freshTime()));
    await service.killDatabase();
  });

  it("prints that the database exited and what to do", async () => {
    const line = await service.program.waitForLine(/^the database exited/, 5_000);

    expect(line).toBe(
      "the database exited with SIGKILL: beats fail until you stop this command and start it again",
    );
  });

  it.each(["/beats", "/status", "/beats/history", "/metrics", "/badge.json"])(
    "GET %s is a problem that tells nothing of the inside, within 10 s",
    async (path) => {
      const start = Date.now();

      const reply = await service.request("GET", path);

      expect(Date.now() - start).toBeLessThan(10_000);
      expect(reply.status).toBe(503);
      expect(reply.headers.get("content-type")).toMatch(/^application\/problem\+json(;|$)/);
      expect(JSON.parse(reply.body.toString())).toEqual({
        type: expect.any(String),
        title: "Service Unavailable",
        status: 503,
        detail: expect.stringMatching(/\w/),
      });
      expect(reply.body.toString()).not.toMatch(/heartbeat-dev-beats|ECONN|127\.0\.0\.1|Error:|\n {4}at /);
    },
  );

  it("GET /health returns fail within 10 s without exposing internals", async () => {
    const start = Date.now();

    const reply = await service.request("GET", "/health");

    expect(Date.now() - start).toBeLessThan(10_000);
    expect(reply.status).toBe(503);
    expect(reply.headers.get("content-type")).toMatch(/^application\/health\+json(;|$)/);
    expect(JSON.parse(reply.body.toString())).toEqual({
      status: "fail",
      output: "The database is unavailable. Try again later.",
    });
  });

  it("GET /badge.svg returns an image that shows unknown and must not be cached, within 10 s", async () => {
    const start = Date.now();

    const reply = await service.request("GET", "/badge.svg");

    expect(Date.now() - start).toBeLessThan(10_000);
    expect(reply.status).toBe(503);
    expect(reply.headers.get("content-type")).toMatch(/^image\/svg\+xml(;|$)/);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.body.toString()).toContain("<title>heartbeat: unknown</title>");
  });

  it("each of these failures matches /openapi.json, which is still available", async () => {
    const { status, body } = await service.request("GET", "/openapi.json");
    const document = JSON.parse(body.toString());

    const faults = await Promise.all(
      FAILING.map(async (path) => faultsOf(document, "GET", path, await service.request("GET", path))),
    );

    expect(status).toBe(200);
    expect(faults.flat()).toEqual([]);
  });

  it.each(FAILING)("HEAD %s returns 503 without a body", async (path) => {
    const reply = await service.request("HEAD", path);

    expect(reply.status).toBe(503);
    expect(reply.body).toEqual(Buffer.alloc(0));
  });

  it("logs the cause and the request id", async () => {
    await service.request("GET", "/beats");

    await service.program.waitForLine(/error: .*StoreUnavailableError: .*ECONN/, 5_000);
    await service.program.waitForLine(
      /\(λ: beats\) RequestId: [\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/,
      5_000,
    );
  });

  it("GET /ping returns PONG", async () => {
    const reply = await service.request("GET", "/ping");

    expect(reply.body).toEqual(Buffer.from('{"payload":"PONG"}'));
  });

  it("heartbeat fails, so that Lambda retries the event", async () => {
    const answer = await service.deliver(tickAt(freshTime()));

    expect(answer).toMatchObject({ errorMessage: expect.stringMatching(/\w/) });
  });

  it("stops cleanly", async () => {
    const ending = await service.stop();

    expect(ending).toEqual({ code: 0, left: [] });
  });
});

const FAILING = ["/beats", "/beats/history", "/status", "/health", "/metrics", "/badge.svg", "/badge.json"];
const isCounted = (answer: unknown) => (answer as { counted?: unknown }).counted === true;
const timeOf = (answer: unknown) => (answer as { minute: string }).minute.replace("Z", ":00Z");
