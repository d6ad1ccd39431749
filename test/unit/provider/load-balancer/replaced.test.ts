import { afterEach, describe, expect, it } from "vitest";
import { replacedFindings } from "../../../../provider/load-balancer/replaced";
import { UNKNOWN } from "../../../../provider/resource/unknowns";

const host = (address: string, more: object = {}): object => ({
  addresses: [address],
  bindAddresses: [address],
  status: "Active",
  connection: { host: address },
  ...more,
});
const [a, b, c] = [host("192.0.2.1"), host("192.0.2.2"), host("192.0.2.3")];
const maintenance = { status: "Maintenance" };

describe("all hosts of a load balancer, replaced by one `up`,", () => {
  afterEach(() => {
    delete process.env["OFFLOAD_RELEASE_HOSTS"];
  });

  it("would leave nobody to serve: it is refused before it begins, with the way that works", () => {
    expect(said({ a, b }, { c })).toEqual([
      "error: hosts: of the hosts that serve none stays (a, b): nobody would serve before the new ones are filled. " +
        "Add the new hosts in one `pulumi up`, and take the old ones out in the next. If the old ones are gone for " +
        "good, set OFFLOAD_RELEASE_HOSTS=a,b in the environment. (HOSTS_ALL_REPLACED)",
    ]);
    expect(said({ a, b }, { b: host("192.0.2.2", maintenance), c })[0]).toContain("none stays (a)");
    expect(said({ a, b: host("192.0.2.2", maintenance) }, { b })[0]).toContain("none stays (a)");
  });

  it("is refused where an address is not known yet by the `up` only, and warned of before", () => {
    expect(said({ a }, { c: host(UNKNOWN) })[0]).toMatch(/^warning: .*HOSTS_ALL_REPLACED/);
  });

  it("is not what happens where one stays, gets another name, or all are declared dead", () => {
    expect(said({ a, b }, { b, c })).toEqual([]);
    expect(said({ a, b }, { a: host("192.0.2.1", { status: UNKNOWN }), c })).toEqual([]);
    expect(said({ a }, { renamed: a })).toEqual([]);
    expect(said({ a }, { renamed: host("192.0.2.9", { connection: { host: "192.0.2.1" } }) })).toEqual([]);
    expect(said({ a }, { a: host("192.0.2.1", maintenance), c })).toEqual([]);
    expect(said({ a: host("192.0.2.1", maintenance) }, { c })).toEqual([]);
    expect(said({}, { c })).toEqual([]);
    process.env["OFFLOAD_RELEASE_HOSTS"] = "a, b";
    expect(said({ a, b }, { c })).toEqual([]);
    process.env["OFFLOAD_RELEASE_HOSTS"] = "a";
    expect(said({ a, b }, { c })[0]).toContain("none stays (b)");
  });
});

function said(before: object, after: object): string[] {
  const target = (hosts: object): Record<string, unknown> => ({
    loadBalancerId: "shop-dev-web",
    dnsName: "web.lb.internal",
    hosts,
    dnsPort: null,
    verify: "deployer",
    timeoutSeconds: 300,
  });
  const findings = replacedFindings(target(before), target(after));
  return findings.map(({ severity, text }) => `${severity}: ${text()}`);
}
