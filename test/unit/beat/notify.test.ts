import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createHeartbeatHandler } from "../../../handlers/factories/heartbeat.ts";
import { loadNotifyUrl, notify } from "../../../lib/beat/notify.ts";
import type { BeatStore } from "../../../lib/domain/beat-store.ts";
import { MalformedRowError, StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import {
  answer,
  babble,
  dawdle,
  dribble,
  drop,
  hang,
  type Reception,
  redirect,
  SECRET,
  startReceiver,
} from "../../support/fakes/receiver.ts";
import { onDay } from "../../support/fixtures/store-on-day.ts";
import { freePort } from "../../support/processes/ports.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/** Node 20 and 22 give llhttp's code for a reply that is not HTTP, Node 24 its message. */
const NOT_HTTP = expect.stringMatching(/^(HPE_[A-Z_]+$|Response does not match the HTTP\/1\.1 protocol)/);

let written: unknown[];
beforeEach(() => {
  written = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => written.push(JSON.parse(String(line))) > 0);
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => written.push(line));
  }
});
afterEach(() => vi.restoreAllMocks());

describe("loadNotifyUrl", () => {
  test.each([{}, { NOTIFY_URL: "" }])("returns undefined for %j", (env) => {
    expect(loadNotifyUrl(env)).toBeUndefined();
  });

  test.each([
    "https://hc.example.org/2c41/start?rid=7",
    "https://hc.example.org:8443/2c41",
    "http://localhost:7719/2c41",
    "http://127.0.0.1:7719/2c41",
    "http://[::1]:7719/2c41",
  ])("accepts %s", (NOTIFY_URL) => {
    expect(loadNotifyUrl({ NOTIFY_URL })).toEqual(new URL(NOTIFY_URL));
  });

  test.each([
    [" ", "it is not a URL"],
    [SECRET, "it is not a URL"],
    [`hc.example.org/${SECRET}`, "it is not a URL"],
    [`https://${SECRET}:port`, "it is not a URL"],
    [`ftp://hc.example.org/${SECRET}`, "it has another scheme"],
    [`key-${SECRET}:7`, "it has another scheme"],
    [`http://hc.example.org/${SECRET}`, "it is an http URL of another machine"],
    [`http://127.0.0.1.example.org/${SECRET}`, "it is an http URL of another machine"],
    [`http://192.168.0.7/${SECRET}`, "it is an http URL of another machine"],
    [`https://me:${SECRET}@hc.example.org/`, "it contains a user name or password, which cannot be sent"],
    [`https://${SECRET}@hc.example.org/`, "it contains a user name or password, which cannot be sent"],
  ])("throws an error that names NOTIFY_URL without its value for %j", (NOTIFY_URL, fault) => {
    expect(() => loadNotifyUrl({ NOTIFY_URL })).toThrow(
      new Error(`NOTIFY_URL must be an https URL, or an http URL of this machine: ${fault}`),
    );
  });
});

describe("notify", () => {
  test("sends one GET of the whole URL and closes the connection", async () => {
    await using receiver = await startReceiver();

    await notify(new URL(receiver.url), DEFAULT_NAMES);

    expect(receiver.calls).toEqual([
      {
        method: "GET",
        path: `/${SECRET}?key=${SECRET}`,
        headers: expect.objectContaining({ connection: "close", "user-agent": `heartbeat/${version}` }),
      },
    ]);
    expect(written).toEqual([]);
  });

  test.each([200, 201, 204, 299])("sends no second request after status %i", async (status) => {
    await using receiver = await startReceiver(answer(status));

    await notify(new URL(receiver.url), DEFAULT_NAMES);

    expect(receiver.calls).toHaveLength(1);
    expect(written).toEqual([]);
  });

  test("does not read the reply: closes the connection during a reply that never ends", async () => {
    const responses: ServerResponse[] = [];
    await using receiver = await startReceiver((response) => {
      responses.push(response);
      dribble(response);
    });

    await notify(new URL(receiver.url), DEFAULT_NAMES);

    const [response] = responses;
    if (response && !response.closed) await once(response, "close", { signal: AbortSignal.timeout(2_000) });
    expect(receiver.calls).toHaveLength(1);
    expect(written).toEqual([]);
  });

  test("sends a second request at least half a second after a failure, and logs nothing if it succeeds", async () => {
    const times: number[] = [];
    await using receiver = await startReceiver((response) => {
      times.push(performance.now());
      (times.length === 1 ? drop : answer(200))(response);
    });

    await notify(new URL(receiver.url), DEFAULT_NAMES);

    expect(receiver.calls).toHaveLength(2);
    const [first = 0, second = 0] = times;
    // A timer of Node can be up to 1 ms early.
    expect(second - first).toBeGreaterThan(498);
    expect(written).toEqual([]);
  });
});

describe("notify sends two requests and logs one warning with the host only", () => {
  test.each<[string, Reception, unknown]>([
    ["when the receiver returns 500", answer(500), "status 500"],
    ["when the receiver returns 404", answer(404), "status 404"],
    ["when the receiver redirects", redirect, "status 302"],
    ["when the receiver drops the connection", drop, "UND_ERR_SOCKET"],
    ["when the reply is not HTTP", babble, NOT_HTTP],
  ])("%s", async (_, reception, failure) => {
    await using receiver = await startReceiver(reception);
    const url = new URL(receiver.url);

    await notify(url, DEFAULT_NAMES);

    expect(receiver.calls.map(({ path }) => path)).toEqual(Array(2).fill(url.pathname + url.search));
    expect(written).toEqual([{ notified: false, host: url.host, failures: [failure, failure] }]);
    expect(JSON.stringify(written)).not.toContain(SECRET);
  });

  test("when there is no receiver", async () => {
    const url = new URL(`http://127.0.0.1:${await freePort()}/${SECRET}`);

    await notify(url, DEFAULT_NAMES);

    expect(written).toEqual([
      { notified: false, host: url.host, failures: ["ECONNREFUSED", "ECONNREFUSED"] },
    ]);
  });

  test("within 9 s when the receiver hangs or only sends informational replies", {
    timeout: 30_000,
  }, async () => {
    await using receiver = await startReceiver(() => {
      receiver.receive = dawdle;
      hang();
    });
    const url = new URL(receiver.url);
    const start = Date.now();

    await notify(url, DEFAULT_NAMES);

    // The timeout of heartbeat is 100 s, of which database requests can take 90 s.
    expect(Date.now() - start).toBeLessThan(9_000);
    expect(receiver.calls).toHaveLength(2);
    const timedOut = "The operation was aborted due to timeout";
    expect(written).toEqual([{ notified: false, host: url.host, failures: [timedOut, timedOut] }]);
  });
});

describe("heartbeat", () => {
  const MINUTE = "2026-11-23T22:40Z";
  const event = { time: "2026-11-23T22:40:00Z" };
  const START = Date.parse(MINUTE);
  const CONTEXT = { functionName: "heartbeat-unit-heartbeat", getRemainingTimeInMillis: () => 180_000 };
  const create = (url: string | undefined, store: BeatStore, now = START + 48) =>
    createHeartbeatHandler(
      store,
      {
        thresholds: { lateAfter: 120, downAfter: 240, every: 1 },
        names: DEFAULT_NAMES,
        notifyUrl: loadNotifyUrl({ NOTIFY_URL: url }),
      },
      () => now,
    );

  test("notifies after the beat is counted, logged and in the metrics", async () => {
    const store = createMemoryStore();
    const before: unknown[] = [];
    await using receiver = await startReceiver(async (response) => {
      before.push(await store.count(), ...written);
      answer(200)(response);
    });

    const reply = await create(receiver.url, store)(event, CONTEXT);

    expect(reply).toEqual({ counted: true, minute: MINUTE });
    expect(receiver.calls).toHaveLength(1);
    expect(before).toEqual([
      1,
      "bump,Bump... @ 2026-11-23 22:40:00.048 +0000 UTC",
      { minute: MINUTE, lateness: 48 },
      expect.objectContaining({ BeatsCounted: 1 }),
    ]);
    expect(written).toEqual(before.slice(1));
  });

  test("does not notify for a duplicate", async () => {
    const store = createMemoryStore();
    await store.record({ minute: MINUTE, recordedAt: START });
    await using receiver = await startReceiver();

    const reply = await create(receiver.url, store)(event, CONTEXT);

    expect(reply).toEqual({ counted: false, minute: MINUTE });
    expect(receiver.calls).toEqual([]);
  });

  test.each([
    ["on time", 119_999, 1],
    ["as old as lateAfter", 120_000, 0],
  ])("for a covered minute that is %s (%i ms old), sends this many requests: %i", async (_, age, calls) => {
    const store = createMemoryStore();
    await onDay("2026-11-23", store).pause("22:40");
    await using receiver = await startReceiver();

    const reply = await create(receiver.url, store, START + age)(event, CONTEXT);

    expect(reply).toEqual({ counted: false, minute: MINUTE, paused: true });
    expect(receiver.calls).toHaveLength(calls);
  });

  test("notifies for a minute before the pause", async () => {
    const store = createMemoryStore();
    await onDay("2026-11-23", store).pause("22:40");
    await using receiver = await startReceiver();

    const reply = await create(receiver.url, store)({ time: "2026-11-23T22:39:00Z" }, CONTEXT);

    expect(reply).toEqual({ counted: true, minute: "2026-11-23T22:39Z" });
    expect(receiver.calls).toHaveLength(1);
  });

  test.each([
    ["ahead of its clock", -1_000, 1],
    ["one ms younger than lateAfter", 119_999, 1],
    ["as old as lateAfter", 120_000, 0],
    ["a year old", 365 * 86_400_000, 0],
  ])("for a beat that is %s (%i ms), sends this many requests: %i", async (_, lateness, calls) => {
    await using receiver = await startReceiver();

    const reply = await create(receiver.url, createMemoryStore(), START + lateness)(event, CONTEXT);

    expect(reply).toEqual({ counted: true, minute: MINUTE });
    expect(receiver.calls).toHaveLength(calls);
  });

  test("uses the stored lateAfter, which is read only for beats of 120 s or more", async () => {
    const store = createMemoryStore();
    await onDay("2026-11-23", store).setThresholds("20:00", { lateAfter: 300, downAfter: 600 });
    const reads = vi.spyOn(store, "thresholds");
    await using receiver = await startReceiver();

    for (const [time, lateness] of [
      ["22:40:00", 119_999],
      ["22:41:00", 299_999],
      ["22:42:00", 300_000],
    ] as const) {
      const now = Date.parse(`2026-11-23T${time}Z`) + lateness;
      await create(receiver.url, store, now)({ time: `2026-11-23T${time}Z` }, CONTEXT);
    }

    expect(receiver.calls).toHaveLength(2);
    expect(reads).toHaveBeenCalledTimes(2);
  });

  test("uses a stored lateAfter of 120 s, which earlier versions accepted", async () => {
    const store = createMemoryStore();
    await store.change(await store.settings(), {
      changeInfo: { time: "2026-11-23T20:00:00.000Z", requestId: "old" },
      thresholds: { lateAfter: 120 },
    });
    await using receiver = await startReceiver();
    const thresholds = { lateAfter: 150, downAfter: 270, every: 1 };

    const handler = createHeartbeatHandler(
      store,
      { thresholds, names: DEFAULT_NAMES, notifyUrl: new URL(receiver.url) },
      () => START + 120_000,
    );

    expect(await handler(event, CONTEXT)).toEqual({ counted: true, minute: MINUTE });
    expect(receiver.calls).toEqual([]);
  });

  test("uses the lateAfter of the stage and logs an error when the stored one cannot be read", async () => {
    const store = {
      ...createMemoryStore(),
      thresholds: () => Promise.reject(new MalformedRowError("row live#rules: …")),
    };
    await using receiver = await startReceiver();
    vi.spyOn(console, "error").mockImplementation((line) => written.push(line));

    const reply = await create(receiver.url, store, START + 120_000)(event, CONTEXT);

    expect(reply).toEqual({ counted: true, minute: MINUTE });
    expect(receiver.calls).toEqual([]);
    expect(written).toContainEqual({
      error: "MalformedRowError: row live#rules: …: using the stage's lateAfter to decide whether to notify",
    });
  });

  test("returns the same reply when notifying fails", async () => {
    const store = createMemoryStore();
    await using receiver = await startReceiver(answer(500));

    const reply = await create(receiver.url, store)(event, CONTEXT);

    expect(reply).toEqual({ counted: true, minute: MINUTE });
    expect(await store.count()).toBe(1);
    expect(receiver.calls).toHaveLength(2);
  });

  test("does not notify when the beat was not stored", async () => {
    const fault = new StoreUnavailableError("the beat could not be recorded", "no answer");
    const store = { ...createMemoryStore(), record: () => Promise.reject(fault) };
    await using receiver = await startReceiver();

    await expect(create(receiver.url, store)(event, CONTEXT)).rejects.toBe(fault);

    expect(receiver.calls).toEqual([]);
  });

  test("sends no request without NOTIFY_URL", async () => {
    const fetched = vi.spyOn(globalThis, "fetch");

    const reply = await create(undefined, createMemoryStore())(event, CONTEXT);

    expect(reply).toEqual({ counted: true, minute: MINUTE });
    expect(fetched).not.toHaveBeenCalled();
  });
});
