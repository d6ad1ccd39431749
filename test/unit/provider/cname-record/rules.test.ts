import { describe, expect, it } from "vitest";
import { cnameRecordDeclaration } from "../../../../provider/cname-record/declaration";
import { domainDeclaration } from "../../../../provider/domain/declaration";
import { checked, CORRECT } from "../declared";

const record = (changes: object): ReturnType<typeof checked> =>
  checked(cnameRecordDeclaration, { ...CORRECT.cnameRecord, ...changes });

describe("a record's mistakes, as a person reads them", () => {
  it.each([
    [
      { rr: "@" },
      "rr: a CNAME cannot be at the domain itself, beside its SOA and NS records. Give a host prefix such as www. (CNAME_AT_APEX)",
    ],
    [
      { value: "WWW.Example.test." },
      "value: the record points at itself. Give the load balancer's name: `listener.dnsName`. (CNAME_TO_ITSELF)",
    ],
    [
      { rr: "a..b" },
      "rr: the host prefix holds an empty label (two dots, or a dot at the start). Give what stands before the domain, such as www, a.b or *, without the domain itself. (RR_INVALID)",
    ],
    [
      { domainName: "exa mple.test" },
      'domainName: the name holds the label "exa mple": letters, digits and "-" inside are allowed. Give a domain name such as example.com. (DOMAIN_INVALID)',
    ],
    [
      { domainId: "" },
      "domainName: no Domain of that name was declared before this record. Declare the Domain first, and give it here instead of its name. (DOMAIN_NOT_DECLARED)",
    ],
    [
      { ttl: 0 },
      "ttl: has a value that is not allowed. Give a whole number from 1 to 86400 seconds. (INPUT_VALUE)",
    ],
  ])("says of %j what would be right", (changes, message) => {
    expect(record(changes).reasons).toEqual([message]);
  });

  it("keeps names in one spelling, so that a final dot or a capital is no change", () => {
    const { inputs, reasons } = record({
      domainName: "Example.Test.",
      rr: "WWW",
      value: "Web.lb.example.test.",
    });
    expect(reasons).toEqual([]);
    expect(inputs).toMatchObject({ domainName: "example.test", rr: "www", value: "web.lb.example.test" });
  });

  it("refuses a domain that is none", () => {
    const { reasons } = checked(domainDeclaration, { ...CORRECT.domain, domainName: "localhost" });
    expect(reasons).toEqual([
      'domainName: the name is a single label, a domain name has at least two: "localhost.example". Give a domain name such as example.com. (DOMAIN_INVALID)',
    ]);
  });
});
