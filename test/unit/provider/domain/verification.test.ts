import { describe, expect, it } from "vitest";
import { verificationOf } from "../../../../provider/domain/verification";
import { domainZoneOperation } from "../../../../provider/domain/zone-operation";
import { domainSchema } from "../../../../provider/domain/schema";
import { LIMITS } from "tls-offload-agent/contract";
import { CORRECT, HIDDEN_ZONE } from "../declared";

describe("the record that proves a domain", () => {
  const record = verificationOf("example.test", "shop/dev/Domain/domain");

  it("is the one that was published by hand, in every later `up`: a change of it would be a change of what people did", () => {
    expect(record).toEqual({
      rr: "_offload-challenge",
      value: "offload-verification=7145fdcabac9facb829e6696ad0021ebd8a0f473",
    });
  });

  it("is the same however the domain is spelled, and whatever its resource is called", () => {
    expect(verificationOf("Example.TEST.", "shop/dev/Domain/renamed")).toEqual(record);
  });

  it.each([
    ["another stack", "example.test", "shop/prod/Domain/domain"],
    ["another project", "example.test", "other/dev/Domain/domain"],
    ["another domain", "example.org", "shop/dev/Domain/domain"],
  ])("is not that of %s", (_, domainName, owner) => {
    expect(verificationOf(domainName, owner).value).not.toBe(record.value);
  });
});

describe("a domain in somebody's zone", () => {
  const inputs = domainSchema.parse({ ...CORRECT.domainInZone, verificationMethod: "publish" });
  const holdingOf = (owner: string) => domainZoneOperation.holdingOf(inputs, { ...HIDDEN_ZONE, owner });

  it("has its proof beside other stacks' proofs, and says whose it is where none of theirs says so", () => {
    const [dev, prod] = ["shop/dev/Domain/domain", "shop/prod/Domain/domain"].map(holdingOf);
    const { rr, value } = verificationOf("example.test", "shop/dev/Domain/domain");
    expect(dev).toEqual({
      name: `${rr}.example.test`,
      ownerName: expect.stringMatching(
        /^_offload-owner-[0-9a-f]{16}\._offload-challenge\.example\.test$/,
      ) as string,
      types: ["TXT"],
      records: [
        {
          ...{ type: "TXT", name: `${rr}.example.test`, texts: [value] },
          ttlSeconds: LIMITS.verificationTtlSeconds,
        },
      ],
      share: "shared",
    });
    expect(prod?.name).toBe(dev?.name);
    expect(prod?.ownerName).not.toBe(dev?.ownerName);
  });

  it("has nothing there that a person publishes", () => {
    const manual = { ...inputs, verificationMethod: "manual" } as const;
    expect(domainZoneOperation.holdingOf(manual, HIDDEN_ZONE)).toBeNull();
  });

  it("is known by its stack, because there is no load balancer by which it could be", () => {
    const hidden = { ...HIDDEN_ZONE, owner: "shop/dev/Domain/domain" };
    expect(domainZoneOperation.idOf({ ...inputs, domainName: "Example.TEST." }, hidden)).toBe(
      "shop-dev/domain/example.test",
    );
  });
});
