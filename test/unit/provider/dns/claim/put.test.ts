import { describe, expect, it } from "vitest";
import { LIMITS } from "tls-offload-agent/contract";
import { putHolding, removeHolding } from "../../../../../provider/dns/claim/put";
import type { Primary } from "../../../../../provider/dns/rfc2136/primary";
import type { RecordData } from "../../../../../provider/dns/rfc2136/types";
import { deadlineIn } from "../../../../../provider/fleet/deadline";
import { memoryPrimary } from "../../../../support/dns/memory-primary";
import { MemoryZone } from "../../../../support/dns/memory-zone";
import { failureOf } from "../rfc2136/sending";
import {
  add,
  address,
  byHand,
  cname,
  hosts,
  MINE,
  OTHERS,
  proof,
  record,
  rightsOf,
  text,
  WWW,
  ZONE,
} from "./holdings";

const WANTED = record(cname("web.lb.example.net"));
const OWNER_LINE = `_offload-owner.${WWW} 60 TXT "heritage=pulumi-tls-offload,incarnation=1a,owner=shop/dev/CnameRecord/www"`;
const WANTED_LINE = `${WWW} 600 CNAME web.lb.example.net`;

const put = (primary: Primary, ownership = MINE, holding = WANTED): Promise<void> =>
  putHolding(primary, holding, rightsOf(ownership), deadlineIn(20));
const takeOver = (primary: Primary): Promise<void> =>
  putHolding(primary, WANTED, rightsOf(MINE, { adopt: true }), deadlineIn(20));
const remove = (primary: Primary, holding = WANTED): Promise<string> =>
  removeHolding(primary, holding, { ...MINE, left: holding.records }, deadlineIn(20));
const zoneWith = (...records: readonly RecordData[]): MemoryZone => {
  const zone = new MemoryZone(ZONE);
  byHand(zone, ...records.map(add));
  return zone;
};

describe("a record that is written", () => {
  it("is there with whose it is by one update, and not written again while it is there", async () => {
    const zone = new MemoryZone(ZONE);
    const { primary, writes } = await memoryPrimary(zone);
    await put(primary);
    await put(primary);
    expect(zone.lines()).toEqual([OWNER_LINE, WANTED_LINE]);
    expect(writes()).toBe(1);
  });

  it("is not written twice when the answer to the first writing was lost", async () => {
    const zone = new MemoryZone(ZONE);
    const { primary, writes } = await memoryPrimary(zone, { beforeWrite: () => "lost" });
    await put(primary);
    expect(zone.lines()).toEqual([OWNER_LINE, WANTED_LINE]);
    expect(writes()).toBe(1);
  });

  it("is planned anew where another stack came in between, and the name is refused that is theirs by now", async () => {
    const zone = new MemoryZone(ZONE);
    const rival = await memoryPrimary(zone);
    const { primary, writes } = await memoryPrimary(zone, {
      beforeWrite: () => {
        zone.records = theirs;
      },
    });
    await put(rival.primary, OTHERS);
    const theirs = zone.records;
    zone.records = [];
    expect((await failureOf(put(primary))).message).toContain(`${WWW} belongs to ${OTHERS.owner}`);
    expect([zone.records, writes()]).toEqual([theirs, 1]);
  });

  it("comes through when others stop changing it in time", async () => {
    const zone = zoneWith(cname("old.example.net"));
    const { primary, writes } = await memoryPrimary(zone, {
      beforeWrite: (nth) => {
        if (nth < LIMITS.zoneUpdateTries) byHand(zone, add(cname(`other-${nth}.example.net`)));
      },
    });
    await takeOver(primary);
    expect(zone.lines()).toEqual([OWNER_LINE, WANTED_LINE]);
    expect(writes()).toBe(LIMITS.zoneUpdateTries);
  });

  it("is given up by name when they never stop, and theirs stays", async () => {
    const zone = zoneWith(cname("old.example.net"));
    const { primary, writes } = await memoryPrimary(zone, {
      beforeWrite: (nth) => {
        byHand(zone, add(cname(`other-${nth}.example.net`)));
      },
    });
    expect((await failureOf(takeOver(primary))).message).toBe(
      `${WWW} was changed by somebody else each of the 5 times that it was to be written. Run \`pulumi up\` again when the other one has finished. (RECORD_CONTENDED)`,
    );
    expect(zone.lines()).toEqual([`${WWW} 600 CNAME other-5.example.net`]);
    expect(writes()).toBe(LIMITS.zoneUpdateTries);
  });

  it("is said to be uncertain when each answer is lost and what was written never stays", async () => {
    const zone = new MemoryZone(ZONE);
    const { primary, writes } = await memoryPrimary(zone, {
      beforeWrite: () => {
        queueMicrotask(() => {
          zone.records = [];
        });
        return "lost";
      },
    });
    await expect(put(primary)).rejects.toMatchObject({ code: "DNS_UPDATE_UNANSWERED" });
    expect(writes()).toBe(LIMITS.zoneUpdateTries);
  });

  it("is not tried beyond its time", async () => {
    const { primary } = await memoryPrimary(new MemoryZone(ZONE));
    await expect(putHolding(primary, WANTED, rightsOf(MINE), deadlineIn(0))).rejects.toThrow(
      `while writing ${WWW}`,
    );
  });
});

describe("a record in whose way something stands", () => {
  it("is refused where that is of an unusual type, which no look shows", async () => {
    const zone = new MemoryZone(ZONE);
    const data = { kind: "opaque", bytes: Buffer.from("000a00", "hex") } as const;
    zone.records = [{ name: WWW, type: "MX", class: "IN", ttlSeconds: 60, data }];
    const { primary } = await memoryPrimary(zone);
    expect((await failureOf(put(primary))).message).toBe(
      `${WWW} has records of other types (less usual ones, or some at _offload-owner.${WWW}), beside which this one cannot stand. Remove these, or choose another name. (RECORD_IN_THE_WAY)`,
    );
    expect(zone.lines()).toEqual([`${WWW} 60 MX 000a00`]);
  });

  it("is written beside it where that is no CNAME, and comes back after its last address went", async () => {
    const zone = zoneWith(text("v=spf1 -all", WWW));
    const data = { kind: "opaque", bytes: Buffer.from("000a00", "hex") } as const;
    zone.records = [...zone.records, { name: WWW, type: "MX", class: "IN", ttlSeconds: 60, data }];
    const before = zone.lines();
    const { primary } = await memoryPrimary(zone);
    for (const holding of [hosts(address("192.0.2.1")), hosts(), hosts(address("2001:db8::1"))]) {
      await put(primary, MINE, holding);
      const addresses = zone.records.filter(({ type }) => type === "A" || type === "AAAA");
      expect(addresses).toHaveLength(holding.records.length);
    }
    expect(await remove(primary, hosts(address("2001:db8::1")))).toBe("removed");
    expect(zone.lines()).toEqual(before);
  });

  it("is refused where that is a CNAME and the record an address", async () => {
    const { primary, writes } = await memoryPrimary(zoneWith(cname("elsewhere.example.net")));
    const message = (await failureOf(put(primary, MINE, hosts(address("192.0.2.1"))))).message;
    expect(message).toContain(`${WWW} has records of other types (CNAME), beside which`);
    expect(writes()).toBe(0);
  });

  it("is not written without whose it is, where a CNAME would swallow that", async () => {
    const zone = zoneWith(cname("hand.example.net", 60, WANTED.ownerName));
    const before = zone.lines();
    const { primary } = await memoryPrimary(zone);
    expect((await failureOf(put(primary))).message).toContain(`or some at _offload-owner.${WWW})`);
    expect(zone.lines()).toEqual(before);
  });

  it("leaves no owner record behind where a CNAME would swallow the proof of a domain", async () => {
    const zone = zoneWith(cname("elsewhere.example.net", 60, proof("dev").name));
    const { primary, writes } = await memoryPrimary(zone);
    expect((await failureOf(put(primary, MINE, proof("dev")))).message).toContain("(CNAME), beside which");
    expect(writes()).toBe(0);
  });
});

describe("a record that is removed", () => {
  it("is gone with its owner record, and was so already when the answer was lost or somebody came first", async () => {
    const zone = new MemoryZone(ZONE);
    const { primary, writes } = await memoryPrimary(zone, {
      beforeWrite: (nth) => (nth === 2 ? "lost" : undefined),
    });
    await put(primary);
    expect(await remove(primary)).toBe("removed");
    expect(await remove(primary)).toBe("removed");
    expect([zone.lines(), writes()]).toEqual([[], 2]);
  });

  it.each([
    ["the resource that took this one's place", { ...MINE, incarnation: "2b" }],
    ["another stack", OTHERS],
  ])("stays where it belongs to %s", async (_, successor) => {
    const zone = new MemoryZone(ZONE);
    const { primary, writes } = await memoryPrimary(zone);
    await put(primary, successor);
    const before = zone.lines();
    expect(await remove(primary)).toBe("succeeded");
    expect([zone.lines(), writes()]).toEqual([before, 1]);
  });

  it("stays where somebody else took it between the look and the removal", async () => {
    const zone = new MemoryZone(ZONE);
    const { primary, writes } = await memoryPrimary(zone, {
      beforeWrite: (nth) => {
        if (nth !== 2) return;
        zone.records = [];
        byHand(zone, add(cname("theirs.example.net")));
      },
    });
    await put(primary);
    expect(await remove(primary)).toBe("left");
    expect([zone.lines(), writes()]).toEqual([[`${WWW} 600 CNAME theirs.example.net`], 2]);
  });

  it("stays where somebody re-pointed it by hand, and is nobody's from then on", async () => {
    const zone = new MemoryZone(ZONE);
    const { primary } = await memoryPrimary(zone);
    await put(primary);
    byHand(zone, add(cname("by-hand.example.net")));
    expect(await remove(primary)).toBe("left");
    expect(zone.lines()).toEqual([`${WWW} 600 CNAME by-hand.example.net`]);
    expect(await remove(primary)).toBe("left");
  });

  it.each([WANTED, proof("dev")])("is gone although its owner record was lost", async (holding) => {
    const zone = new MemoryZone(ZONE);
    const { primary } = await memoryPrimary(zone);
    await put(primary, MINE, holding);
    byHand(zone, { kind: "delete name", name: holding.ownerName });
    expect(await remove(primary, holding)).toBe("removed");
    expect(zone.lines()).toEqual([]);
  });

  it("leaves other stacks' proofs of the same domain, and a person's", async () => {
    const zone = zoneWith(text("by hand"));
    const { primary } = await memoryPrimary(zone);
    await put(primary, OTHERS, proof("other"));
    const before = zone.lines();
    await put(primary, MINE, proof("dev"));
    expect(zone.lines()).toHaveLength(before.length + 2);
    expect(await remove(primary, proof("dev"))).toBe("removed");
    expect(zone.lines()).toEqual(before);
  });
});
