import { expect, it } from "vitest";
import { domainDeclaration } from "../../../../provider/domain/declaration";
import { checkInputs } from "../../../../provider/resource/check";
import { CORRECT, HIDDEN } from "../declared";

it("a domain of a load balancer without DNS servers is refused at preview, not after half of it was created", () => {
  const target = { ...HIDDEN.target, dnsPort: null };
  const news = { ...CORRECT.domain, __offload: { ...HIDDEN, target } };
  expect(checkInputs(domainDeclaration, null, news).failures.map(({ reason }) => reason)).toEqual([
    "dns.embedded.loadBalancer: the load balancer shop-dev-web serves no DNS. Give the LoadBalancer a `dnsListen`. (DNS_NOT_SERVED)",
  ]);
});
