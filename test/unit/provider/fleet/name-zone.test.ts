import { afterEach, describe, expect, it, vi } from "vitest";
import { LIMITS, type Document } from "tls-offload-agent/contract";
import type { Ownership } from "../../../../provider/dns/claim/owner-record";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import {
  claimName,
  leadInZone,
  nameProblem,
  releaseName,
  type Claim,
} from "../../../../provider/fleet/name-zone";
import type { Sights } from "../../../../provider/fleet/publish-plan";
import type { Target } from "../../../../provider/resource/hidden-input";
import { memoryPrimary, type MemoryPrimarySettings } from "../../../support/dns/memory-primary";
import { MemoryZone } from "../../../support/dns/memory-zone";
import { scriptedPrimary } from "../../../support/dns/scripted-primary";
import { withLimit } from "../../../support/limits";
import { address, add, byHand, cname } from "../dns/claim/holdings";
import { failureOf } from "../dns/rfc2136/sending";
import { HIDDEN } from "../declared";
import { NAME, targetIn } from "../target-in-zone";

const MINE = { owner: "shop/dev/LoadBalancer/web", incarnation: "1a" };
const OTHERS = { owner: "shop/other/LoadBalancer/web", incarnation: "2b" };
const [A, B, C] = ["192.0.2.1", "192.0.2.2", "2001:db8::3"] as const;
const OWNER_LINE = `_offload-owner.${NAME} 60 TXT "heritage=pulumi-tls-offload,incarnation=1a,owner=${MINE.owner}"`;

async function site(settings: MemoryPrimarySettings = {}): Promise<{ zone: MemoryZone; target: Target }> {
  const zone = new MemoryZone("example.test");
  return { zone, target: targetIn((await memoryPrimary(zone, settings)).primary) };
}

function claim(
  target: Target,
  addresses: readonly string[] = [],
  ownership: Ownership = MINE,
  changes: Partial<Claim> = {},
): Promise<void> {
  const rights = { left: null, previousOwner: null, adopt: false };
  return claimName(target, ownership, { addresses, ...rights, ...changes }, deadlineIn(20));
}

/** Two hosts, of which the first has not got its part yet. */
function sights(ownership: Ownership | null, publishedAddresses: readonly string[] = []): Sights {
  const part = {
    id: HIDDEN.target.loadBalancerId,
    kind: "loadBalancer",
    spec: { publishedAddresses },
    revision: 1,
    ...ownership,
  };
  const document = (objects: object): Document => ({ contract: 1, generation: 1, objects }) as Document;
  const documents = [document({}), document(ownership === null ? {} : { [part.id]: part })];
  return new Map(documents.map((one, index) => [`host-${index}`, { document: one, drained: false }]));
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a load balancer's name in somebody's zone", () => {
  it("is claimed before there is a host that serves, and leads to each that does, by IPv4 and IPv6", async () => {
    const { zone, target } = await site();
    await claim(target);
    expect(zone.lines()).toEqual([OWNER_LINE]);
    await claim(target, [A, C]);
    const ttl = LIMITS.zoneNameTtlSeconds;
    expect(zone.lines()).toEqual([OWNER_LINE, `${NAME} ${ttl} A ${A}`, `${NAME} ${ttl} AAAA ${C}`]);
    await claim(target, [B]);
    expect(zone.lines()).toEqual([OWNER_LINE, `${NAME} ${ttl} A ${B}`]);
  });

  it("is refused where it is another one's or a person's, and taken over from the owner before a rename alone", async () => {
    const { zone, target } = await site();
    byHand(zone, add(address(A, 60, NAME)));
    expect((await failureOf(claim(target))).message).toContain("(RECORD_FOREIGN)");
    zone.records = [];
    await claim(target, [A], OTHERS);
    expect((await failureOf(claim(target))).message).toContain(`${NAME} belongs to ${OTHERS.owner}`);
    await claim(target, [A], MINE, { previousOwner: OTHERS.owner });
    expect(zone.lines()[0]).toBe(OWNER_LINE);
  });

  it("is known again where only its owner record was lost, or no later `up`, stop or destroy would get past it", async () => {
    const { zone, target } = await site();
    const loseOwner = (): void => void (zone.records = zone.records.filter(({ type }) => type !== "TXT"));
    await claim(target, [A, B]);
    loseOwner();
    expect((await failureOf(claim(target, [A]))).message).toContain("(RECORD_FOREIGN)");
    expect((await failureOf(claim(target, [A], MINE, { left: [A] }))).message).toContain("(RECORD_FOREIGN)");
    await claim(target, [A], MINE, { left: [B, A] });
    const lines = [OWNER_LINE, `${NAME} 60 A ${A}`];
    expect(zone.lines()).toEqual(lines);
    loseOwner();
    await leadInZone(target, sights(MINE, [A]), [], deadlineIn(20));
    expect(zone.lines()).toEqual([OWNER_LINE]);
  });

  it("is taken over from a person and from another owner where the program says so", async () => {
    const { zone, target } = await site();
    byHand(zone, add(address(B, 600, NAME)));
    await claim(target, [A], MINE, { adopt: true });
    const lines = [OWNER_LINE, `${NAME} 60 A ${A}`];
    expect(zone.lines()).toEqual(lines);
    await claim(target, [B], OTHERS, { adopt: true });
    await claim(target, [A], MINE, { adopt: true });
    expect(zone.lines()).toEqual(lines);
  });

  it("follows in the owner's name that the hosts have, and nothing is led where no host has one", async () => {
    const { zone, target } = await site();
    await leadInZone(target, sights(null), [A], deadlineIn(20));
    expect(zone.lines()).toEqual([]);
    await leadInZone(target, sights(MINE), [A], deadlineIn(20));
    expect(zone.lines()).toEqual([OWNER_LINE, `${NAME} 60 A ${A}`]);
  });

  it("is taken away by its own load balancer alone, which learns whether resolvers may still know it", async () => {
    const { zone, target } = await site();
    await claim(target, [A], OTHERS);
    const before = zone.lines();
    expect(await releaseName(target, MINE)).toBe(false);
    expect(zone.lines()).toEqual(before);
    expect(await releaseName(target, OTHERS)).toBe(true);
    expect(zone.lines()).toEqual([]);
  });

  it("that cannot be taken away is named, with the way to go on without the zone", async () => {
    const { target } = await site({ tcp: false });
    const { port } = target.dns?.rfc2136 ?? {};
    const failure = await withLimit("dnsRetrySeconds", 0.05, () => failureOf(releaseName(target, MINE)));
    expect(failure.message).toBe(
      `${NAME} could not be deleted from zone example.test: no connection to the DNS server at 127.0.0.1 port ${port}: ` +
        `connect ECONNREFUSED 127.0.0.1:${port}. Look whether it runs and listens there, over TCP too, and no firewall ` +
        "is in between. Nothing was changed. (DNS_PRIMARY_UNREACHABLE). Run the same command again once that is " +
        "mended. If the zone is gone for good, set OFFLOAD_RELEASE_ZONES=example.test in the environment: its " +
        "records are then left where they are. (ZONE_DELETE_FAILED)",
    );
  });

  it("is let alone in a zone that is given up, and where there is none", async () => {
    const { target } = await site({ tcp: false });
    vi.stubEnv("OFFLOAD_RELEASE_ZONES", "example.org, example.test");
    for (const one of [target, { ...target, dns: undefined }]) {
      await claim(one, [A]);
      await leadInZone(one, sights(MINE), [A], deadlineIn(20));
      expect(await releaseName(one, MINE)).toBe(false);
      vi.unstubAllEnvs();
    }
  });

  it("is not waited for beyond its time where the primary says nothing", async () => {
    const { primary } = await scriptedPrimary(() => []);
    const looking = withLimit("zoneOperationSeconds", 0.5, () => nameProblem(targetIn(primary), "", [A]));
    expect(await looking).toEqual({
      unseen: expect.stringContaining("did not answer the question") as string,
    });
  });
});

describe("what a refresh says of a name in somebody's zone", () => {
  const problem = (target: Target, ...addresses: string[]): Promise<unknown> =>
    nameProblem(target, MINE.owner, addresses);

  it("is nothing while it leads where it should", async () => {
    const { target } = await site();
    await claim(target, [A, C]);
    expect(await problem(target, C, A)).toBeNull();
    expect(await problem({ ...target, dns: undefined })).toBeNull();
  });

  it("is where it does not lead, whose it is, or that it is nobody's", async () => {
    const { zone, target } = await site();
    expect(await problem(target, A)).toEqual({ drift: `${NAME} is not this load balancer's there` });
    await claim(target, [B]);
    expect(await problem(target, A, C)).toEqual({ drift: `${NAME} does not lead to ${A}, ${C}` });
    expect(await problem(target)).toEqual({ drift: `${NAME} leads to an address, and no host is verified` });
    zone.records = [];
    byHand(zone, add(cname("elsewhere.example.net", 60, NAME)));
    expect(await problem(target, A)).toEqual({ drift: `${NAME} is not this load balancer's there` });
    zone.records = [];
    await claim(target, [A], OTHERS);
    expect(await problem(target, A)).toEqual({ drift: `${NAME} belongs to ${OTHERS.owner} there` });
  });
});
