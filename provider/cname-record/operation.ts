import { OffloadError } from "tls-offload-agent/contract";
import { fqdn, normalize } from "../dns/name";
import { queryServer, serverText } from "../dns/query";
import { readTxt, textsSeen } from "../dns/resolve";
import type { DnsServerAddress } from "../dns/transport";
import { dnsServersOf, readBack } from "../fleet/dns-servers";
import { isKind, type ObjectOperation, type Surroundings } from "../resource/operation";
import { rememberedFor } from "./remembered";
import { cnameRecordSchema, type CnameRecordInputs } from "./schema";

const QUERY_SECONDS = 5;

export const cnameRecordOperation: ObjectOperation<CnameRecordInputs, "record"> = {
  kind: "record",
  schema: cnameRecordSchema,
  idOf: ({ rr, domainName }, hidden) => `${hidden.target.loadBalancerId}/record/${fqdn(rr, domainName)}`,
  objectOf: (inputs, _hidden, { id, owner, incarnation }) => ({
    id,
    owner,
    incarnation,
    kind: "record",
    spec: {
      domainId: inputs.domainId,
      fqdn: fqdn(inputs.rr, inputs.domainName),
      type: "CNAME",
      value: normalize(inputs.value),
      ttlSeconds: inputs.ttl,
      status: inputs.status,
      remark: inputs.remark,
    },
  }),
  inputsOf: ({ spec }, old) => {
    const domainName = old?.domainName ?? spec.domainId.split("/").slice(2).join("/");
    return {
      adopt: false,
      line: "default",
      rr: spec.fqdn.slice(0, -(normalize(domainName).length + 1)),
      domainName,
      ...old,
      value: normalize(old?.value ?? "") === spec.value ? (old?.value ?? "") : spec.value,
      ttl: spec.ttlSeconds,
      status: spec.status,
      remark: spec.remark,
      domainId: spec.domainId,
    };
  },
  outputsOf: ({ rr, domainName }) => ({ fqdn: fqdn(rr, domainName) }),
  remembered: rememberedFor,
  before: refuseUnverified,
  after: async (inputs, { hidden, agents, deadline }) => {
    const name = fqdn(inputs.rr, inputs.domainName);
    const expected = inputs.status === "ENABLE" ? normalize(inputs.value) : "none";
    const servers = await dnsServersOf(hidden.target, agents);
    await readBack({ servers, type: "CNAME", fqdn: name, expected, deadline }, async (server) => {
      const seen = await readCname(server, name);
      return seen === expected ? null : seen;
    });
    return {};
  },
  observe: async (inputs, { hidden, agents }) => {
    const name = fqdn(inputs.rr, inputs.domainName);
    const expected = inputs.status === "ENABLE" ? normalize(inputs.value) : "none";
    const notServed: Record<string, string> = {};
    const servers = await dnsServersOf(hidden.target, agents).catch(() => new Map<string, never>());
    for (const [host, server] of servers) {
      const seen = await readCname(server, name).catch(() => "nothing");
      if (seen !== expected)
        notServed[host] = `its DNS server answers ${seen} for ${name}, declared is ${expected}`;
    }
    return { outputs: {}, notServed };
  },
};

/** Proved where it counts: at the servers that will publish the record. */
async function refuseUnverified(
  { domainId, domainName }: CnameRecordInputs,
  { hidden, agents }: Surroundings,
): Promise<void> {
  const servers = await dnsServersOf(hidden.target, agents);
  for (const [host, agent] of agents) {
    const { confirmed } = await agent.call("document", {});
    const domain = confirmed.objects[domainId];
    const server = servers.get(host);
    // Without the domain the agent refuses the record itself.
    if (!isKind(domain, "domain") || server === undefined) continue;
    const { rr, value } = domain.spec.verification;
    const name = fqdn(rr, domain.spec.domainName);
    const texts = await readTxt({ servers: [server], name });
    if (texts.includes(value)) continue;
    throw new OffloadError("DOMAIN_NOT_VERIFIED", `host ${host}`, {
      domainName,
      server: serverText(server),
      fqdn: name,
      value,
      seen: textsSeen(texts),
    });
  }
}

/** "none": the server says that there is no such record. */
async function readCname(server: DnsServerAddress, name: string): Promise<string> {
  const { answers } = await queryServer({ ...server, name, type: "CNAME", timeoutSeconds: QUERY_SECONDS });
  return answers.find((answer) => answer.type === "CNAME" && answer.name === normalize(name))?.data ?? "none";
}
