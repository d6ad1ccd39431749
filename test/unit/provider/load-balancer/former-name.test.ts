import { afterEach, describe, expect, it, vi } from "vitest";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { claimName } from "../../../../provider/fleet/name-zone";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import {
  formerNameAfter,
  formerNameIn,
  releaseFormerName,
  tellNameLeft,
} from "../../../../provider/load-balancer/former-name";
import type { Target } from "../../../../provider/resource/hidden-input";
import { memoryPrimary } from "../../../support/dns/memory-primary";
import { MemoryZone } from "../../../support/dns/memory-zone";
import { HIDDEN, RFC2136 } from "../declared";
import { NAME, targetIn } from "../target-in-zone";

const owner = "shop/dev/LoadBalancer/web";
const FORMER = { dnsName: "old.lb.example.test", zone: "example.test", owner, incarnation: "1a" };
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
    formerNameAfter(STATE, { target: before, owner }, now);

  it("is kept in mind after a change of it, or nobody would take it away when CNAMEs have left it", () => {
    expect(after(inZone(FORMER.dnsName), inZone(NAME))).toEqual({ formerName: FORMER });
    expect(formerNameIn({ formerName: FORMER })).toEqual(FORMER);
    expect(formerNameIn({})).toBeNull();
  });

  it("is not kept in mind where it is the name still, or was in no zone, or in one that is left", () => {
    expect(after(inZone(NAME), inZone(NAME))).toEqual({});
    expect(after(nowhere(FORMER.dnsName), inZone(NAME))).toEqual({});
    expect(after(inZone(FORMER.dnsName), inZone(NAME, "lb.example.test"))).toEqual({});
    expect(after(inZone(FORMER.dnsName), nowhere(NAME))).toEqual({});
    expect(formerNameAfter(null, null, inZone(NAME))).toEqual({});
  });
});

describe("the next `up` after a load balancer got another name", () => {
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
    await releaseFormerName({ formerName: FORMER }, target, log);
    expect(zone.lines()).toEqual(lines.filter((line) => !line.includes(FORMER.dnsName)));
    expect(said).toEqual(["old.lb.example.test, its name until the last update, is gone"]);
  });

  it("leaves it where it is the name again, or another load balancer's by now", async () => {
    const { zone, target, writes } = await site(FORMER.dnsName);
    const [lines, before] = [zone.lines(), writes()];
    await releaseFormerName({ formerName: FORMER }, target, log);
    await releaseFormerName({ formerName: { ...FORMER, owner: "other" } }, { ...target, dnsName: NAME }, log);
    await releaseFormerName({}, target, log);
    expect([zone.lines(), writes(), said]).toEqual([lines, before, []]);
  });

  it("is not stuck for ever on a name in a zone that the load balancer has left since", async () => {
    const { target, writes } = await site(NAME);
    const before = writes();
    const former = { ...FORMER, dnsName: "old.example.org", zone: "example.org" };
    await releaseFormerName({ formerName: former }, target, log);
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
