import { LIMITS } from "tls-offload-agent/contract";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { claimName } from "../../../../provider/fleet/name-zone";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import {
  dueNames,
  formerNamesAfter,
  formerNamesIn,
  releaseFormerNames,
  tellNameLeft,
  type FormerName,
} from "../../../../provider/load-balancer/former-name";
import type { Target } from "../../../../provider/resource/hidden-input";
import { memoryPrimary } from "../../../support/dns/memory-primary";
import { MemoryZone } from "../../../support/dns/memory-zone";
import { HIDDEN, RFC2136 } from "../declared";
import { NAME, targetIn } from "../target-in-zone";

const owner = "shop/dev/LoadBalancer/web";
const SINCE = "2026-02-01T12:00:00.000Z";
const FORMER = {
  dnsName: "old.lb.example.test",
  zone: "example.test",
  owner,
  incarnation: "1a",
  since: SINCE,
};
const STATE = { incarnation: FORMER.incarnation };

const inZone = (dnsName: string, zone = "example.test"): Target => ({
  ...HIDDEN.target,
  dnsName,
  dns: { rfc2136: { ...RFC2136, zone } },
});
const nowhere = (dnsName: string): Target => ({ ...HIDDEN.target, dnsName });

let said: string[] = [];
const say = (line: string): void => void said.push(line);
const log: ResourceLog = {
  ...{ info: say, warning: say, progress: say, debug: say },
  flush: () => Promise.resolve(),
};
afterEach(() => {
  said = [];
  vi.unstubAllEnvs();
});

describe("the name that a load balancer had", () => {
  const after = (before: Target, now: Target): unknown =>
    formerNamesAfter(STATE, { target: before, owner }, now, new Date(SINCE));
  const later = (seconds: number): Date => new Date(Date.parse(SINCE) + seconds * 1_000);
  const due = (formerNames: readonly FormerName[], at: Date, target = inZone(NAME)): string[] =>
    dueNames({ formerNames }, target, at).map(({ dnsName }) => dnsName);

  it("stays for as long as resolvers may lead people to it, or a rename would be an outage for them", () => {
    expect(due([FORMER], later(LIMITS.outlastSeconds - 1))).toEqual([]);
    expect(due([FORMER], later(LIMITS.outlastSeconds))).toEqual([FORMER.dnsName]);
    vi.stubEnv("OFFLOAD_SKIP_WAITS", "1");
    expect(due([FORMER], later(0))).toEqual([FORMER.dnsName]);
  });

  it("stays beside the next one, unless it is the name again or there are too many", () => {
    const olds = { ...STATE, formerNames: [FORMER] };
    const next = (dnsName: string, seconds: number): string[] =>
      formerNamesIn(
        formerNamesAfter(olds, { target: inZone(NAME), owner }, inZone(dnsName), later(seconds)),
      ).map((name) => name.dnsName);
    expect(next("third.lb.example.test", 60)).toEqual([FORMER.dnsName, NAME]);
    expect(next(FORMER.dnsName, 60)).toEqual([NAME]);
    expect(next(NAME, 60)).toEqual([FORMER.dnsName]);
    expect(next(NAME, LIMITS.outlastSeconds)).toEqual([]);
    const many = Array.from({ length: LIMITS.formerNames + 1 }, (_, index) => ({
      ...FORMER,
      dnsName: `${index}.example.test`,
    }));
    expect(due(many, later(1))).toEqual(["0.example.test"]);
    expect(due([FORMER], later(1), nowhere(NAME))).toEqual([FORMER.dnsName]);
  });

  it("is kept in mind after a change of it, or nobody would take it away when CNAMEs have left it", () => {
    expect(after(inZone(FORMER.dnsName), inZone(NAME))).toEqual({ formerNames: [FORMER] });
    expect(formerNamesIn({ formerNames: [FORMER] })).toEqual([FORMER]);
    expect(formerNamesIn({})).toEqual([]);
  });

  it("is not kept in mind where it is the name still, or was in no zone, or in one that is left", () => {
    expect(after(inZone(NAME), inZone(NAME))).toEqual({});
    expect(after(nowhere(FORMER.dnsName), inZone(NAME))).toEqual({});
    expect(after(inZone(FORMER.dnsName), inZone(NAME, "lb.example.test"))).toEqual({});
    expect(after(inZone(FORMER.dnsName), nowhere(NAME))).toEqual({});
    expect(formerNamesAfter(null, null, inZone(NAME), new Date())).toEqual({});
  });
});

describe("a later `up` after a load balancer got another name", () => {
  async function site(dnsName: string): Promise<{ zone: MemoryZone; target: Target; writes: () => number }> {
    const zone = new MemoryZone("example.test");
    const { primary, writes } = await memoryPrimary(zone);
    const target = { ...targetIn(primary), dnsName };
    const addresses = ["192.0.2.1"];
    for (const name of [FORMER.dnsName, dnsName])
      await claimName(
        { ...target, dnsName: name },
        FORMER,
        { addresses, left: null, previousOwner: null, adopt: false },
        deadlineIn(20),
      );
    return { zone, target, writes };
  }

  it("takes the old one away, and nothing else", async () => {
    const { zone, target } = await site(NAME);
    const lines = zone.lines();
    await releaseFormerNames([FORMER], target, log);
    expect(zone.lines()).toEqual(lines.filter((line) => !line.includes(FORMER.dnsName)));
    expect(said).toEqual(["old.lb.example.test, a name that it had, is gone"]);
  });

  it("leaves it where it is the name again, or another load balancer's by now", async () => {
    const { zone, target, writes } = await site(FORMER.dnsName);
    const [lines, before] = [zone.lines(), writes()];
    await releaseFormerNames([FORMER], target, log);
    await releaseFormerNames([{ ...FORMER, owner: "other" }], { ...target, dnsName: NAME }, log);
    expect([zone.lines(), writes(), said]).toEqual([lines, before, []]);
  });

  it("is not stuck for ever on a name in a zone that the load balancer has left since", async () => {
    const { target, writes } = await site(NAME);
    const before = writes();
    const former = { ...FORMER, dnsName: "old.example.org", zone: "example.org" };
    await releaseFormerNames([former], target, log);
    expect([writes(), said]).toEqual([
      before,
      [
        "old.example.org and _offload-owner.old.example.org stay in zone example.org: remove them there when nothing leads to them any more",
      ],
    ]);
  });
});

describe("a load balancer that leaves a zone", () => {
  it("says what stays there, because no later `up` has the key to it", () => {
    for (const now of [inZone(NAME, "lb.example.test"), nowhere(NAME)]) tellNameLeft(inZone(NAME), now, log);
    expect(said).toEqual(
      Array(2).fill(
        `${NAME} and _offload-owner.${NAME} stay in zone example.test: remove them there when nothing leads to them any more`,
      ),
    );
  });

  it("is not said to where it stays, or comes to a zone", () => {
    tellNameLeft(inZone(FORMER.dnsName), inZone(NAME), log);
    tellNameLeft(nowhere(NAME), inZone(NAME), log);
    tellNameLeft(null, inZone(NAME), log);
    expect(said).toEqual([]);
  });
});
