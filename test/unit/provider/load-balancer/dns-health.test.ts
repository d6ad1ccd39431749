import { expect, it } from "vitest";
import { dnsHealthOf } from "../../../../provider/load-balancer/dns-health";
import { HIDDEN, RFC2136 } from "../declared";

it("nobody relies on a name that leaves out dead hosts by itself where it does not", () => {
  const dns = { rfc2136: RFC2136 };
  expect(dnsHealthOf(HIDDEN.target)).toBe("followed");
  expect(dnsHealthOf({ ...HIDDEN.target, dnsPort: null })).toBe("as of the last up");
  expect(dnsHealthOf({ ...HIDDEN.target, dnsPort: null, dns })).toBe("as of the last up");
  // Clients come by either, and by the zone to a host that died.
  expect(dnsHealthOf({ ...HIDDEN.target, dns })).toBe("as of the last up");
});
