import { readTxt, textsSeen } from "../dns/resolve";
import { fqdn, normalize } from "../dns/name";
import { dnsServersOf, readBack } from "../fleet/dns-servers";
import type { ObjectOperation } from "../resource/operation";
import { domainSchema, type DomainInputs } from "./schema";
import { verificationOf } from "./verification";

export const domainOperation: ObjectOperation<DomainInputs, "domain"> = {
  kind: "domain",
  schema: domainSchema,
  idOf: ({ domainName }, hidden) => `${hidden.target.loadBalancerId}/domain/${normalize(domainName)}`,
  objectOf: ({ domainName }, hidden, { id, owner, incarnation }) => ({
    id,
    owner,
    incarnation,
    kind: "domain",
    spec: { domainName: normalize(domainName), verification: verificationOf(domainName, hidden.owner) },
  }),
  inputsOf: ({ id, spec }, old) => ({
    adopt: false,
    verificationMethod: "publish",
    timeoutSeconds: 300,
    dns: { embedded: { loadBalancerId: id.split("/")[0] ?? "" } },
    ...old,
    // The record is no input: a changed one shows in verificationRecord and in `drift`.
    domainName:
      normalize(old?.domainName ?? "") === spec.domainName ? (old?.domainName ?? "") : spec.domainName,
  }),
  outputsOf: ({ domainName }, hidden) => ({
    verificationRecord: verificationOf(domainName, hidden.owner),
    verificationStatus: "pending",
  }),
  after: async ({ domainName }, { hidden, agents, deadline }) => {
    const { rr, value } = verificationOf(domainName, hidden.owner);
    const name = fqdn(rr, domainName);
    const servers = await dnsServersOf(hidden.target, agents);
    await readBack({ servers, type: "TXT", fqdn: name, expected: `"${value}"`, deadline }, async (server) => {
      const texts = await readTxt({ servers: [server], name });
      return texts.includes(value) ? null : textsSeen(texts);
    });
    return { verificationStatus: "verified" };
  },
  observe: async ({ domainName }, { hidden, agents }) => {
    const { rr, value } = verificationOf(domainName, hidden.owner);
    const notServed: Record<string, string> = {};
    const servers = await dnsServersOf(hidden.target, agents).catch(() => new Map<string, never>());
    for (const [host, server] of servers) {
      const texts = await readTxt({ servers: [server], name: fqdn(rr, domainName) }).catch(
        (): string[] => [],
      );
      if (!texts.includes(value)) notServed[host] = `its DNS server does not answer for ${domainName}`;
    }
    const verified = Object.keys(notServed).length === 0;
    return { outputs: { verificationStatus: verified ? "verified" : "not verified" }, notServed };
  },
};
