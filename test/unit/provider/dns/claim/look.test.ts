import { describe, expect, it } from "vitest";
import { lookAtName } from "../../../../../provider/dns/claim/look";
import { ownerTexts } from "../../../../../provider/dns/claim/owner-record";
import type { Holding, Sight } from "../../../../../provider/dns/claim/plan";
import type { RecordData } from "../../../../../provider/dns/rfc2136/types";
import { deadlineIn } from "../../../../../provider/fleet/deadline";
import { memoryPrimary } from "../../../../support/dns/memory-primary";
import { MemoryZone } from "../../../../support/dns/memory-zone";
import { answerTo, scriptedPrimary } from "../../../../support/dns/scripted-primary";
import { failureOf } from "../rfc2136/sending";
import { add, address, byHand, cname, hosts, MINE, OTHERS, proof, record, text, WWW, ZONE } from "./holdings";

const ABSENT: Sight = { ownerRecords: [], records: [], otherTypes: [] };

async function look(holding: Holding, ...records: readonly RecordData[]): Promise<Sight> {
  const zone = new MemoryZone(ZONE);
  byHand(zone, ...records.map(add));
  const { primary, writes } = await memoryPrimary(zone);
  const sight = await lookAtName(primary, holding, deadlineIn(20));
  expect(writes()).toBe(0);
  return sight;
}

describe("a look at a name", () => {
  const owner = text("", record().ownerName);

  it("shows what is there and whose it is", async () => {
    const records = [cname("web.lb.example.net")];
    const texts = ownerTexts(MINE);
    expect(await look(record(), ...records, { ...owner, texts })).toEqual({
      ...ABSENT,
      ownerRecords: [texts],
      records,
    });
  });

  it("shows what stands in the way of each", async () => {
    expect(await look(record(), address("192.0.2.1"), text("x", WWW))).toEqual({
      ...ABSENT,
      otherTypes: ["A", "TXT"],
    });
    expect(await look(hosts(), cname("web.lb.example.net"))).toEqual({ ...ABSENT, otherTypes: ["CNAME"] });
    expect(await look(hosts(), text("v=spf1 -all", WWW))).toEqual(ABSENT);
    expect(await look(proof("dev"), address("192.0.2.1", 60, proof("dev").name))).toEqual(ABSENT);
    expect(await look(proof("dev"), cname("x.test", 60, proof("dev").name))).toMatchObject({
      otherTypes: ["CNAME"],
    });
  });

  it.each([
    ["a record", record(), cname("anywhere.example.net", 60, "*.example.test")],
    ["an address", record(), address("192.0.2.1", 60, "*.example.test")],
    ["a text where the owner's would stand", record(), text("x", "*.example.test")],
    ["a record where a proof would stand", proof("dev"), cname("x.test", 60, "*.example.test")],
  ])(
    "takes %s of a wildcard for nothing, or nobody could ever have a name below one",
    async (_, holding, wild) => {
      expect(await look(holding, wild)).toEqual(ABSENT);
    },
  );

  it("is refused where the zone delegates it, or what is written there would stay unseen", async () => {
    const { primary } = await scriptedPrimary((one) => [answerTo(one)]);
    expect((await failureOf(lookAtName(primary, record(), deadlineIn(20)))).message).toBe(
      `the DNS server at 127.0.0.1 port ${primary.port} does not answer for _offload-owner.${WWW} with authority: zone example.test delegates it. Declare the zone and the primary that the name is in: \`dig\` with the name and SOA says which. Or remove the NS records above the name. (DNS_NAME_DELEGATED)`,
    );
  });

  it("looks again where the name changed hands meanwhile: whose it is belongs to what is there", async () => {
    const zone = new MemoryZone(ZONE);
    let asked = 0;
    const { primary } = await scriptedPrimary((one) => {
      asked += 1;
      const [question] = one.message.questions;
      // After whose it was, and before what is there.
      if (asked === 2) byHand(zone, add({ ...owner, texts: ownerTexts(OTHERS) }), add(cname("theirs.test")));
      return [answerTo(one, question === undefined ? {} : zone.answer(question))];
    });
    expect(await lookAtName(primary, record(), deadlineIn(20))).toEqual({
      ...ABSENT,
      ownerRecords: [ownerTexts(OTHERS)],
      records: [cname("theirs.test")],
    });
    expect(asked).toBeGreaterThan(6);
  });
});
