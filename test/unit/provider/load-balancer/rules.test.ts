import { describe, expect, it } from "vitest";
import { loadBalancerDeclaration } from "../../../../provider/load-balancer/declaration";
import { checked, CORRECT } from "../declared";

const balancer = (changes: object): ReturnType<typeof checked> =>
  checked(loadBalancerDeclaration, { ...CORRECT.loadBalancer, ...changes });
const host = { addresses: ["127.0.0.1"], local: {} };

describe("a load balancer's mistakes, as a person reads them", () => {
  it.each([
    [
      { hosts: { a: { ...host, connection: { host: "a" } } } },
      "hosts.a.connection: hosts that are reached over SSH are not held by this version. Use `local` instead, which runs the agent on the machine that runs Pulumi. (CONNECTION_NOT_HELD)",
    ],
    [
      { hosts: { a: { addresses: ["127.0.0.1"] } } },
      "hosts.a.local: is missing. Give `local: {}` to run the agent on the machine that runs Pulumi. (INPUT_MISSING)",
    ],
    [
      { hosts: { a: { ...host, addresses: ["edge-a.example"] } } },
      "hosts.a.addresses[0]: is a host name or other text, where an IP address is needed. Give an IPv4 or IPv6 address. (HOST_NAME_FOR_ADDRESS)",
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
