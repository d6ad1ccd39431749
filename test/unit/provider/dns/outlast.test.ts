import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "tls-offload-agent/contract";
import { cnameRecordDeclaration } from "../../../../provider/cname-record/declaration";
import { cnameRecordZoneOperation } from "../../../../provider/cname-record/zone-operation";
import { outlastLeases } from "../../../../provider/dns/leases";
import { outlastResolvers, outlastSeconds } from "../../../../provider/dns/outlast";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import {
  foretellWait,
  formerAnswerAfter,
  leaseFormer,
  outlastName,
} from "../../../../provider/resource/remembered";
import { CORRECT } from "../declared";

vi.mock(import("node:timers/promises"));

const WWW = "www.example.test";

let said: string[];
let waitedSeconds: number;
const log: ResourceLog = {
  info: (text) => said.push(`info: ${text}`),
  warning: (text) => said.push(`warning: ${text}`),
  progress: (text) => said.push(`progress: ${text}`),
  debug: () => undefined,
  flush: () => Promise.resolve(),
};

beforeEach(() => {
  said = [];
  waitedSeconds = 0;
  vi.stubEnv("OFFLOAD_SKIP_WAITS", "");
  vi.useFakeTimers({ toFake: ["performance", "Date"] });
  vi.mocked(sleep).mockImplementation((milliseconds = 0) => {
    waitedSeconds += milliseconds / 1_000;
    vi.advanceTimersByTime(milliseconds);
    return Promise.resolve();
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe("what a name led to serves until resolvers have forgotten the name", () => {
  it("for its old TTL, while a person is told how long that still takes", async () => {
    await outlastResolvers(WWW, 12, log);
    expect(waitedSeconds).toBe(12);
    expect(said).toEqual([
      `info: waiting 12 s until resolvers have forgotten ${WWW} (OFFLOAD_SKIP_WAITS=1 does not wait)`,
      `progress: 12 s more until resolvers have forgotten ${WWW}`,
      `progress: 7 s more until resolvers have forgotten ${WWW}`,
      `progress: 2 s more until resolvers have forgotten ${WWW}`,
    ]);
  });

  it("but not for ever: a longer TTL is waited for in part, with a warning", async () => {
    await outlastResolvers(WWW, 86_400, log);
    expect(waitedSeconds).toBe(LIMITS.outlastSeconds);
    expect(said.slice(0, 2)).toEqual([
      `info: waiting 3600 s until resolvers have forgotten ${WWW} (OFFLOAD_SKIP_WAITS=1 does not wait)`,
      `warning: ${WWW} may be remembered for 86400 s: no more than 3600 s of it are waited for`,
    ]);
    said = [];
    await outlastResolvers(WWW, LIMITS.outlastSeconds, log);
    expect(said.join("\n")).not.toContain("warning");
  });

  it("and not where that is not wanted, or nothing is remembered", async () => {
    await outlastResolvers(WWW, 0, log);
    await outlastResolvers(WWW, -3, log);
    vi.stubEnv("OFFLOAD_SKIP_WAITS", "1");
    await outlastResolvers(WWW, 600, log);
    expect([outlastSeconds(600), waitedSeconds, said]).toEqual([0, 0, []]);
  });
});

describe("what a record led to until this `up`", () => {
  const TARGET = "web.lb.example.test";
  const change = (news: object, olds: object = {}): void => {
    const record = { ...CORRECT.cnameRecordInZone, value: TARGET, ttl: 12 };
    leaseFormer(
      cnameRecordDeclaration,
      cnameRecordZoneOperation,
      { ...record, ...olds },
      { ...record, ...news },
    );
  };

  it("serves for what is left of the old TTL, once", async () => {
    change({ value: "other.example.net", ttl: 600 });
    vi.advanceTimersByTime(4_000);
    await outlastLeases(TARGET, log);
    expect(waitedSeconds).toBe(8);
    await outlastLeases(TARGET, log);
    expect(waitedSeconds).toBe(8);
  });

  it("serves too where the record is not served any more", async () => {
    change({ status: "DISABLE" });
    await outlastLeases(TARGET, log);
    expect(waitedSeconds).toBe(12);
  });

  it("serves for each of several records, which are forgotten meanwhile", async () => {
    change({ value: "other.example.net" });
    change({ value: "other.example.net" }, { rr: "shop", ttl: 20 });
    await outlastLeases(TARGET, log);
    expect(waitedSeconds).toBe(20);
    expect(said.filter((line) => line.startsWith("info"))).toEqual([
      expect.stringContaining(`waiting 12 s until resolvers have forgotten ${WWW}`),
      expect.stringContaining("waiting 8 s until resolvers have forgotten shop.example.test"),
    ]);
  });

  it("is not waited for where the record leads there still, did not before, or leads to another", async () => {
    change({ ttl: 600, remark: "new" });
    change({ value: "Web.LB.example.test." });
    change({ value: "third.example.net" }, { value: "other.example.net" });
    change({ value: "other.example.net" }, { status: "DISABLE" });
    await outlastLeases(TARGET, log);
    await outlastLeases("elsewhere.example.net", log);
    expect(waitedSeconds).toBe(0);
    await outlastLeases("other.example.net", log);
    expect(waitedSeconds).toBe(12);
  });

  it("is not waited for where it was forgotten long before", async () => {
    change({ value: "other.example.net" });
    vi.advanceTimersByTime(12_000);
    await outlastLeases(TARGET, log);
    expect([waitedSeconds, said]).toEqual([0, []]);
  });
});

describe("a record that goes not long after its TTL was lowered", () => {
  type State = Readonly<Record<string, unknown>>;
  const record = (changes: object = {}): State => ({ ...CORRECT.cnameRecordInZone, ttl: 600, ...changes });
  const update = (olds: State, news: State): State => ({
    ...news,
    ...formerAnswerAfter(cnameRecordDeclaration, cnameRecordZoneOperation, olds, news),
  });
  const waitedFor = async (state: State): Promise<number> => {
    await outlastName(cnameRecordDeclaration, cnameRecordZoneOperation, state, log);
    return waitedSeconds;
  };

  it("is waited for until the longer one is over, or whoever still has it would be led to nobody", async () => {
    const lowered = update(record(), record({ ttl: 60 }));
    vi.advanceTimersByTime(100_000);
    expect(await waitedFor(lowered)).toBe(500);
  });

  it("is waited for as ever, when the longer one is over before", async () => {
    const lowered = update(record(), record({ ttl: 60 }));
    vi.advanceTimersByTime(560_000);
    expect(await waitedFor(lowered)).toBe(60);
  });

  it("is waited for through later updates, refreshes of its state, and when it is served no more", async () => {
    const lowered = update(record(), record({ ttl: 60 }));
    vi.advanceTimersByTime(100_000);
    const off = update(update(lowered, record({ ttl: 30 })), record({ ttl: 30, status: "DISABLE" }));
    expect(await waitedFor(off)).toBe(500);
  });

  it("is waited for no longer than the bound, and a person is told", async () => {
    const lowered = update(record({ ttl: 86_400 }), record({ ttl: 60 }));
    expect(await waitedFor(lowered)).toBe(LIMITS.outlastSeconds);
    expect(said[1]).toBe(
      `warning: ${WWW} may be remembered for 86400 s: no more than 3600 s of it are waited for`,
    );
  });

  it("is told of by a preview in which another one takes its place", () => {
    foretellWait(
      cnameRecordDeclaration,
      cnameRecordZoneOperation,
      update(record(), record({ ttl: 60 })),
      log,
    );
    expect(said[0]).toContain(`taking ${WWW} away will wait 600 s`);
  });

  it("has nothing of it in its state where the TTL stays, grows, or nothing was served", () => {
    const kept = (olds: object, news: object): unknown => update(record(olds), record(news))["formerAnswer"];
    expect(kept({}, { value: "other.example.net" })).toBeUndefined();
    expect(kept({}, { ttl: 601 })).toBeUndefined();
    expect(kept({ status: "DISABLE" }, { ttl: 60 })).toBeUndefined();
    // The state of another version.
    expect(kept({ status: "DISABLE", formerAnswer: { until: "later" } }, { ttl: 60 })).toBeUndefined();
  });
});

describe("a preview in which another record takes this one's place", () => {
  const foretell = (olds: object): string[] => {
    const record = { ...CORRECT.cnameRecordInZone, ttl: 12, ...olds };
    foretellWait(cnameRecordDeclaration, cnameRecordZoneOperation, record, log);
    return said;
  };

  it("tells how long taking it away will wait", () => {
    expect(foretell({})).toEqual([
      `info: taking ${WWW} away will wait 12 s, until resolvers have forgotten it (OFFLOAD_SKIP_WAITS=1 does not wait)`,
    ]);
  });

  it("tells the bound where the TTL is beyond it", () => {
    expect(foretell({ ttl: 86_400 })[0]).toContain(`will wait ${LIMITS.outlastSeconds} s`);
  });

  it("says nothing where nothing will be waited for", () => {
    foretell({ status: "DISABLE" });
    // The state of another version.
    foretell({ ttl: "later" });
    vi.stubEnv("OFFLOAD_SKIP_WAITS", "1");
    expect(foretell({})).toEqual([]);
  });
});
