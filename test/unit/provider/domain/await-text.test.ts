import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { delegatedServers } from "../../../../provider/dns/delegation";
import type { DnsServerAddress } from "../../../../provider/dns/transport";
import { awaitText, seesText } from "../../../../provider/domain/await-text";
import { domainSchema } from "../../../../provider/domain/schema";
import { verificationOf } from "../../../../provider/domain/verification";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import type { ZoneSurroundings } from "../../../../provider/zone/operation";
import { memoryPrimary } from "../../../support/dns/memory-primary";
import { MemoryZone } from "../../../support/dns/memory-zone";
import { freePort } from "../../../support/free-port";
import { CORRECT, HIDDEN_ZONE } from "../declared";
import { add, byHand, text } from "../dns/claim/holdings";

vi.mock("../../../../provider/dns/delegation");

const NAME = "_offload-challenge.example.test";
const { value } = verificationOf("example.test", HIDDEN_ZONE.owner);
const PROOF = text(value, NAME);

let said: string[];
const say = (line: string): void => void said.push(line);
const log: ResourceLog = {
  ...{ info: say, warning: say, progress: say, debug: say },
  flush: () => Promise.resolve(),
};

beforeEach(() => {
  said = [];
});
afterEach(() => {
  vi.resetAllMocks();
});

/** Servers to which the world is sent, by what each has at the name; null: one that nobody reaches. */
async function world(...servers: readonly (string | null)[]): Promise<readonly MemoryZone[]> {
  const zones = servers.map(() => new MemoryZone("example.test"));
  const addresses = await Promise.all(
    servers.map(async (has, index): Promise<DnsServerAddress> => {
      if (has === null) return { address: "127.0.0.1", port: await freePort() };
      const zone = zones[index] ?? new MemoryZone("example.test");
      if (has !== "") byHand(zone, add(text(has, NAME)));
      const { primary } = await memoryPrimary(zone);
      return { address: primary.server, port: primary.port };
    }),
  );
  vi.mocked(delegatedServers).mockResolvedValue(addresses);
  return zones;
}

async function around(seconds = 1): Promise<ZoneSurroundings> {
  const { primary } = await memoryPrimary(new MemoryZone("example.test"));
  return { hidden: HIDDEN_ZONE, primary, log, deadline: deadlineIn(seconds) };
}

/** "verified", or what a person is told. */
async function outcome(verificationMethod: "publish" | "manual" = "publish", seconds = 1): Promise<string> {
  const inputs = domainSchema.parse({ ...CORRECT.domainInZone, verificationMethod });
  return awaitText(inputs, await around(seconds)).then(
    () => "verified",
    (error: unknown) => (error as Error).message.replaceAll(/port \d+/g, "port N"),
  );
}

const refused = (seen: string): string =>
  `example.test is not verified: 127.0.0.1 port N has no TXT record ${NAME} with the value "${value}" (${seen}). ` +
  "Publish exactly this record (or declare a Domain, which does) and run `pulumi up` again. (DOMAIN_NOT_VERIFIED)";

describe("a domain is verified", () => {
  it("by all servers to which the world is sent, and in spite of those that nobody reaches", async () => {
    await world(value, value);
    expect(await outcome()).toBe("verified");
    await world(null, value);
    expect(await outcome()).toBe("verified");
  });

  it("by its primary where the world is sent nowhere", async () => {
    vi.mocked(delegatedServers).mockResolvedValue([]);
    const there = await around();
    const inputs = domainSchema.parse(CORRECT.domainInZone);
    expect(await seesText(inputs, there)).toBe(false);
    const zone = new MemoryZone("example.test");
    byHand(zone, add(text("of another stack", NAME)), add(PROOF));
    expect(await seesText(inputs, { ...there, primary: (await memoryPrimary(zone)).primary })).toBe(true);
  });

  it("as soon as the last server has it", async () => {
    const [, late] = await world(value, "");
    const verifying = outcome("publish", 20);
    await vi.waitUntil(() => said.length > 0);
    if (late !== undefined) byHand(late, add(PROOF));
    expect(await verifying).toBe("verified");
    expect(said[0]).toMatch(
      /^waiting for TXT _offload-challenge\.example\.test at 127\.0\.0\.1 port \d+, 127\.0\.0\.1 port \d+, \d+ s more: no such record$/,
    );
  });
});

describe("a domain is not verified", () => {
  it.each([
    ["has none", "", "no such record"],
    ["has another", "offload-verification=0123", '"offload-verification=0123"'],
  ])("while one server of several %s, which is named with what it says", async (_, has, seen) => {
    await world(value, has);
    expect(await outcome()).toBe(refused(seen));
  });

  it("by nobody's answer", async () => {
    await world(null);
    expect(await outcome()).toContain("(the DNS server at 127.0.0.1 port N does not answer: asked for");
  });
});

it("a person is told which record to publish, as it stands in a zone file, and only where it is theirs to do", async () => {
  await world(value);
  expect(await outcome("manual")).toBe("verified");
  expect(said).toEqual([`waiting for a record that you publish: ${NAME}. 60 IN TXT "${value}"`]);
  said = [];
  expect(await outcome()).toBe("verified");
  expect(said).toEqual([]);
});

it("a look never fails where no server can be found", async () => {
  vi.mocked(delegatedServers).mockRejectedValue(new Error("no resolver"));
  expect(await seesText(domainSchema.parse(CORRECT.domainInZone), await around())).toBe(false);
});
