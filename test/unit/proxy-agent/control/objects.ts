import type { Document, ObjectKind, Put, SpecOf } from "../../../../proxy-agent/contract";
import { planChange, type Plan } from "../../../../proxy-agent/control/plan/plan";

export const LB = "demo-dev-web";
export const SHA = "a".repeat(64);

export const SPECS = {
  loadBalancer: {
    loadBalancerName: "web",
    hostName: "edge",
    dnsName: "web.lb.test",
    bindAddresses: ["127.0.0.1", "::1"],
    publishedAddresses: ["192.0.2.1", "2001:db8::1"],
    dnsListen: { addresses: ["127.0.0.1"], port: 8053 },
    dataPlane: "builtin",
  },
  certificate: { certificateName: "site", chainPem: "chain", fingerprintSha256: SHA, spkiSha256: SHA },
  serverGroup: {
    serverGroupName: "web",
    scheduler: "Wrr",
    connectionDrainTimeoutSeconds: 30,
    healthCheck: null,
    servers: [
      { serverId: "ECS01", ip: "10.0.0.1", port: 80, weight: 100, description: "" },
      { serverId: "ECS02", ip: "10.0.0.2", port: 80, weight: 100, description: "" },
    ],
  },
  listener: {
    port: 443,
    certificateId: `${LB}/certificate/site`,
    additionalCertificateIds: [],
    securityPolicyId: "tls_cipher_policy_1_2_strict",
    serverGroupId: `${LB}/serverGroup/web`,
    idleTimeoutSeconds: 900,
    connectionsPerSecond: 0,
    alpnPolicy: null,
    description: "",
    status: "Running",
    verify: null,
    requireHealthyBackend: null,
  },
  domain: { domainName: "example.test", verification: { rr: "_proof", value: "abc" } },
  record: {
    domainId: `${LB}/domain/site`,
    fqdn: "www.example.test",
    type: "CNAME",
    value: "web.lb.test",
    ttlSeconds: 600,
    status: "ENABLE",
    remark: "",
  },
} satisfies { [Kind in ObjectKind]: SpecOf<Kind> };

const IDS: Record<ObjectKind, string> = {
  loadBalancer: LB,
  certificate: `${LB}/certificate/site`,
  serverGroup: `${LB}/serverGroup/web`,
  listener: `${LB}/listener/443`,
  domain: `${LB}/domain/site`,
  record: `${LB}/record/www`,
};

export interface PutOptions {
  readonly id?: string;
  readonly owner?: string;
  readonly incarnation?: string;
  readonly adopt?: boolean;
  readonly previousOwner?: string;
  readonly keyPem?: string;
}

export function put<Kind extends ObjectKind>(
  kind: Kind,
  changes: Partial<SpecOf<Kind>> = {},
  { id = IDS[kind], owner = `demo/dev/${kind}`, incarnation = "first", ...more }: PutOptions = {},
): Put {
  const object = {
    id,
    kind,
    owner,
    incarnation,
    spec: { ...SPECS[kind], ...changes },
  } as unknown as Put["object"];
  return { object, adopt: false, previousOwner: null, keyPem: null, ...more };
}

export const EMPTY: Document = { contract: 1, generation: 0, objects: {} };

export function plan(
  document: Document,
  puts: Put[],
  deletes: { id: string; incarnation: string }[] = [],
): Plan {
  return planChange(document, { puts, deletes }, () => true);
}

/** One object of each kind. */
export const FULL: Document = plan(EMPTY, [
  put("loadBalancer"),
  put("certificate"),
  put("serverGroup"),
  put("listener"),
  put("domain"),
  put("record"),
]).next;

export const LISTENER = IDS.listener;
export const GROUP = IDS.serverGroup;
