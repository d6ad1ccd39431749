import { describe, expect, it } from "vitest";
import { loadBalancerDeclaration } from "../../../../provider/load-balancer/declaration";
import type { HiddenInput } from "../../../../provider/resource/hidden-input";
import { checkInputs } from "../../../../provider/resource/check";
import { checked, CORRECT, HIDDEN } from "../declared";

const balancer = (changes: object): ReturnType<typeof checked> =>
  checked(loadBalancerDeclaration, { ...CORRECT.loadBalancer, ...changes });
const host = { addresses: ["127.0.0.1"], local: {} };

describe("a load balancer's mistakes, as a person reads them", () => {
  it.each([
    [
      { hosts: { a: { ...host, addresses: ["edge-a.example"] } } },
      "hosts.a.addresses[0]: is a host name or other text, where an IP address is needed. Give an IPv4 or IPv6 address. (HOST_NAME_FOR_ADDRESS)",
    ],
    [
      { hosts: { a: host, b: { ...host, addresses: ["127.0.0.2", "127.0.0.1"] } } },
      "hosts.b.addresses[1]: is that of host a too. Give each host addresses of its own, and an SSH address or a state directory of its own. (HOST_TWICE)",
    ],
    [{ hosts: {} }, "hosts: has a value that is not allowed. Give at least one host. (INPUT_VALUE)"],
    [
      { hosts: { "a b": host } },
      "hosts.a b: has a value that is not allowed. Give a host's name of 1 to 63 letters, digits and . _ -. (INPUT_VALUE)",
    ],
    [
      { timeoutSeconds: 4 },
      "timeoutSeconds: has a value that is not allowed. Give a number from 5 to 3600 seconds. (INPUT_VALUE)",
    ],
    [
      { dnsName: "-web.test" },
      'dnsName: the name holds the label "-web": letters, digits and "-" inside are allowed. Give a domain name such as example.com. (DOMAIN_INVALID)',
    ],
  ])("says of %j what would be right", (changes, message) => {
    expect(balancer(changes).reasons).toEqual([message]);
  });
});

describe("what a load balancer can never change", () => {
  const reasons = (target: Partial<HiddenInput["target"]>): string[] => {
    const olds = { ...CORRECT.loadBalancer, __offload: HIDDEN };
    const news = { ...olds, __offload: { ...HIDDEN, target: { ...HIDDEN.target, ...target } } };
    return checkInputs(loadBalancerDeclaration, olds, news).failures.map(({ reason }) => reason);
  };
  const here = { addresses: ["127.0.0.1"], bindAddresses: ["127.0.0.1"], status: "Active" as const };

  it("is its id, which a renamed resource or stack would change: said before anything is touched", () => {
    expect(reasons({ loadBalancerId: "shop-prod-web" })).toEqual([
      "the load balancer's id is shop-dev-web and cannot become shop-prod-web. Keep the names of its project, stack and resource, or destroy it first. (LOAD_BALANCER_RENAMED)",
    ]);
  });

  it("is where a host keeps its state", () => {
    const [reason, ...others] = reasons({ hosts: { here: { ...here, local: { stateDir: "/elsewhere" } } } });
    expect(others).toEqual([]);
    expect(reason).toContain("hosts.here.local.stateDir: the state directory of this host is /tmp/agent and");
    expect(reasons({ hosts: { there: { ...here, local: { stateDir: "/elsewhere" } } } })).toEqual([]);
  });

  it("and two hosts cannot share a state directory", () => {
    const host = { ...here, local: { stateDir: "/tmp/agent" } };
    expect(reasons({ hosts: { here: host, there: host } })[0]).toContain(
      "hosts.there.local.stateDir: is that of host here too",
    );
  });
});
