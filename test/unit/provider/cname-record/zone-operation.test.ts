import { describe, expect, it } from "vitest";
import { cnameRecordSchema, type CnameRecordInputs } from "../../../../provider/cname-record/schema";
import { cnameRecordZoneOperation } from "../../../../provider/cname-record/zone-operation";
import { LIMITS } from "tls-offload-agent/contract";
import { CORRECT, HIDDEN_ZONE } from "../declared";
import { cname, WWW } from "../dns/claim/holdings";

const { holdingOf, inputsOf, idOf, remembered, patienceSeconds } = cnameRecordZoneOperation;

const inputs = (changes: object = {}): CnameRecordInputs =>
  cnameRecordSchema.parse({ ...CORRECT.cnameRecordInZone, ...changes });

describe("what a record puts into somebody's zone", () => {
  it("is a CNAME, with nothing beside it at its name", () => {
    expect(holdingOf(inputs({ rr: "WWW", value: "Web.LB.example.test." }), HIDDEN_ZONE)).toEqual({
      name: WWW,
      ownerName: `_offload-owner.${WWW}`,
      types: ["CNAME"],
      records: [cname("web.lb.example.test")],
      share: "whole",
    });
  });

  it("is nothing but whose the name is while it is switched off, and nobody waits for that", () => {
    const off = inputs({ status: "DISABLE" });
    expect(holdingOf(off, HIDDEN_ZONE)).toMatchObject({ name: WWW, records: [] });
    expect(remembered?.(off)).toBeNull();
    expect(remembered?.(inputs())).toEqual({ name: WWW, target: "web.lb.example.test", ttlSeconds: 600 });
  });

  it("has its owner record where no wildcard has one of its own", () => {
    expect(holdingOf(inputs({ rr: "*.dev" }), HIDDEN_ZONE)).toMatchObject({
      name: "*.dev.example.test",
      ownerName: "_offload-owner-wildcard.dev.example.test",
    });
  });

  it("is known by its stack and its name, however that is spelled", () => {
    const hidden = { ...HIDDEN_ZONE, owner: "shop/dev/CnameRecord/www" };
    expect(idOf(inputs({ rr: "WWW", domainName: "Example.TEST." }), hidden)).toBe(`shop-dev/record/${WWW}`);
  });

  it("is given up in time", () => {
    expect(patienceSeconds(inputs())).toBe(LIMITS.zoneOperationSeconds);
  });
});

describe("what a refresh takes for declared", () => {
  const read = (...records: Parameters<typeof inputsOf>[0]["records"]): CnameRecordInputs =>
    inputsOf({ ownerRecords: [], otherTypes: [], records }, inputs({ value: "Web.LB.example.test." }));

  it("is what is there, in the program's own spelling where it is the same", () => {
    expect(read(cname("web.lb.example.test", 60))).toMatchObject({ value: "Web.LB.example.test.", ttl: 60 });
    expect(read(cname("hand.example.net"))).toMatchObject({ value: "hand.example.net", status: "ENABLE" });
  });

  it("is a record that is switched off where there is none", () => {
    expect(read()).toEqual(inputs({ value: "Web.LB.example.test.", status: "DISABLE" }));
  });
});
