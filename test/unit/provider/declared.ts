import { checkInputs, type Checked } from "../../../provider/resource/check";
import type { Declaration, Unchecked } from "../../../provider/resource/definition";
import type { HiddenInput } from "../../../provider/resource/hidden-input";
import type { HiddenZoneInput } from "../../../provider/zone/operation";

/** Every property of a connection, but those of which one excludes the other. The secrets are of no worth. */
const LOGIN = {
  host: "10.0.0.10",
  port: 2222,
  user: "deploy",
  password: "c2VjcmV0LXBhc3N3b3Jk",
  privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0LWtleQ==\n-----END OPENSSH PRIVATE KEY-----\n",
  privateKeyPassword: "c2VjcmV0LXBhc3NwaHJhc2U=",
  agentSocketPath: "/run/agent.sock",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1p",
  perDialTimeout: 5,
  dialErrorLimit: -1,
  insecureIgnoreHostKey: false,
};
export const CONNECTION = { ...LOGIN, proxy: { ...LOGIN, host: "jump.example.test" } };

export const HIDDEN: HiddenInput = {
  target: {
    loadBalancerId: "shop-dev-web",
    dnsName: "web.lb.example.test",
    hosts: {
      here: {
        addresses: ["127.0.0.1"],
        bindAddresses: ["127.0.0.1"],
        status: "Active",
        local: { stateDir: "/tmp/agent" },
      },
    },
    dnsPort: 8053,
    verify: "deployer",
    timeoutSeconds: 300,
  },
  owner: "shop/dev/Any/name",
  urn: "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/offload:Any::name",
};

/** Every property of a zone, but those of which one excludes the other. The secret is of no worth. */
export const RFC2136 = {
  server: "192.0.2.53",
  port: 5353,
  zone: "example.test",
  transport: "udp",
  keyName: "offload",
  keyAlgorithm: "hmac-sha512",
  keySecret: "c2VjcmV0LW9mLWEtZG5zLWtleQ==",
} as const;

/** Of a resource whose records are in that zone. */
export const HIDDEN_ZONE: HiddenZoneInput = { zone: RFC2136, owner: HIDDEN.owner, urn: HIDDEN.urn };

/** What check says of declared inputs: of a new resource, unless old ones are given, and of one on hosts, likewise. */
export function checked(
  declaration: Declaration,
  inputs: Unchecked,
  olds?: Unchecked,
  now?: Date,
): Checked & { readonly reasons: readonly string[] } {
  const result = checkInputs(declaration, olds, { __offload: HIDDEN, ...inputs, __provider: "text" }, now);
  return { ...result, reasons: result.failures.map(({ reason }) => reason) };
}

/** Complete, correct inputs of each resource but certificates, whose key pair has to be made. */
export const CORRECT = {
  loadBalancer: {
    loadBalancerName: "web",
    hosts: {
      here: { addresses: ["127.0.0.1", "::1"], local: {} },
      "edge-a": { addresses: ["192.0.2.10"], connection: CONNECTION },
    },
    dnsName: "web.lb.example.test",
    dnsListen: { port: 8053 },
  },
  serverGroup: {
    serverGroupName: "servers",
    servers: [
      { serverId: "ECS01", serverIp: "10.0.0.11", port: 80 },
      { serverId: "ECS02", serverIp: "10.0.0.12", port: 80, weight: 0 },
    ],
  },
  tcpSslListener: {
    listenerPort: 443,
    certificateIds: ["shop-dev-web/certificate/www"],
    securityPolicyId: "tls_cipher_policy_1_2_strict",
    serverGroupId: "shop-dev-web/server-group/servers",
    additionalCertificateIds: ["shop-dev-web/certificate/a", "shop-dev-web/certificate/b"],
  },
  domain: { domainName: "example.test", dns: { embedded: { loadBalancerId: "shop-dev-web" } } },
  domainInZone: { domainName: "example.test", dns: { rfc2136: RFC2136 }, verificationMethod: "manual" },
  cnameRecord: {
    domainName: "example.test",
    rr: "www",
    value: "web.lb.example.test",
    domainId: "shop-dev-web/domain/example.test",
  },
  cnameRecordInZone: {
    domainName: "example.test",
    rr: "www",
    value: "web.lb.example.test",
    domainId: "shop-dev/domain/example.test",
  },
} as const;
