import { z } from "zod";
import { LIMITS } from "./limits";
import { SECURITY_POLICY_IDS } from "./security-policy";

/** A readable, stable id: "<load balancer>", "<load balancer>/<kind>/<name>". */
export const objectId = z
  .string()
  .regex(/^[\w.*@-]+(\/[\w.*@/-]+)?$/)
  .max(512);
const port = z.int().min(1).max(65_535);
const ipAddress = z.union([z.ipv4(), z.ipv6()]);
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
/** Host names are lower case, fully qualified, without the final dot. */
const dnsName = z.string().min(1).max(253);

/** By a name of its own, so that the parent zone can lead there. */
const nameServer = z.strictObject({ name: dnsName, addresses: z.array(ipAddress).min(1) });
export type NameServer = z.infer<typeof nameServer>;

/** This host's part of the load balancer: the one object whose spec differs from host to host. */
export const loadBalancerSpec = z.strictObject({
  loadBalancerName: z.string(),
  hostName: z.string(),
  dnsName,
  /** Where listeners bind on this host. */
  bindAddresses: z.array(ipAddress).min(1),
  /** What dnsName resolves to: the addresses of all hosts that were verified. */
  publishedAddresses: z.array(ipAddress),
  /** Where this host's DNS process listens, UDP and TCP; null: it does not. */
  dnsListen: z
    .strictObject({
      addresses: z.array(ipAddress).min(1),
      port,
      /**
       * The same on all hosts: one a host, whatever it serves just now. Missing: one for all at ns.<dnsName>, with the
       * published addresses, because no parent zone sends anybody there.
       */
      nameServers: z.array(nameServer).min(1).max(LIMITS.nameServersPerZone).optional(),
    })
    .nullable(),
  dataPlane: z.enum(["builtin"]),
});

/** The private key is not part of the spec: it travels beside it in a put and never comes back. */
export const certificateSpec = z.strictObject({
  certificateName: z.string(),
  chainPem: z.string().max(LIMITS.chainBytes),
  fingerprintSha256: sha256Hex,
  spkiSha256: sha256Hex,
});

export const healthCheckSpec = z.strictObject({
  type: z.literal("TCP"),
  /** 0: the server's own port. */
  port: z.int().min(0).max(65_535),
  connectTimeoutSeconds: z.number().min(0.05).max(300),
  intervalSeconds: z.number().min(0.1).max(50),
  healthyThreshold: z.int().min(1).max(10),
  unhealthyThreshold: z.int().min(1).max(10),
});

export const serverSpec = z.strictObject({
  serverId: z.string().min(1),
  ip: ipAddress,
  port,
  /** 0: no new connections. */
  weight: z.int().min(0).max(100),
  description: z.string(),
});

export const serverGroupSpec = z.strictObject({
  serverGroupName: z.string(),
  scheduler: z.enum(["Wrr", "Rr"]),
  /** null: connections to a removed server may go on until they end (at most retiredConnectionSeconds). */
  connectionDrainTimeoutSeconds: z.number().min(0).max(900).nullable(),
  healthCheck: healthCheckSpec.nullable(),
  servers: z.array(serverSpec).max(LIMITS.serversPerGroup),
});

export const alpnPolicy = z.enum(["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred"]);

export const listenerSpec = z.strictObject({
  port,
  certificateId: objectId,
  additionalCertificateIds: z.array(objectId).max(LIMITS.additionalCertificatesPerListener),
  securityPolicyId: z.enum(SECURITY_POLICY_IDS),
  serverGroupId: objectId,
  idleTimeoutSeconds: z.number().min(0.1).max(900),
  /** New connections a second; 0: no limit. */
  connectionsPerSecond: z.int().min(0).max(1_000_000),
  alpnPolicy: alpnPolicy.nullable(),
  description: z.string(),
  status: z.enum(["Running", "Stopped"]),
  /** From where every change that affects this listener is verified; null: as the load balancer says. */
  verify: z.enum(["deployer", "host", "none"]).nullable(),
  /** Whether a backend must take the probe; null: as soon as one of the group was ever healthy. */
  requireHealthyBackend: z.boolean().nullable(),
});

/** A zone of the embedded DNS server. */
export const domainSpec = z.strictObject({
  domainName: dnsName,
  /** The ownership record: TXT at rr.domainName. */
  verification: z.strictObject({ rr: z.string(), value: z.string().max(255) }),
});

export const recordSpec = z.strictObject({
  domainId: objectId,
  fqdn: dnsName,
  type: z.literal("CNAME"),
  value: dnsName,
  ttlSeconds: z.int().min(1).max(86_400),
  status: z.enum(["ENABLE", "DISABLE"]),
  remark: z.string(),
});

const base = {
  id: objectId,
  /** project/stack/type/name of the resource that declares it. */
  owner: z.string().min(1).max(1_024),
  /** Fresh and random at every create: a delete names it, so that the delete half of a replacement with the same id is a no-op. */
  incarnation: z.string().min(1).max(64),
};

/** An object without its private parts: what a put declares and what the agent answers. */
export const declaredObject = z.discriminatedUnion("kind", [
  z.strictObject({ ...base, kind: z.literal("loadBalancer"), spec: loadBalancerSpec }),
  z.strictObject({ ...base, kind: z.literal("certificate"), spec: certificateSpec }),
  z.strictObject({ ...base, kind: z.literal("serverGroup"), spec: serverGroupSpec }),
  z.strictObject({ ...base, kind: z.literal("listener"), spec: listenerSpec }),
  z.strictObject({ ...base, kind: z.literal("domain"), spec: domainSpec }),
  z.strictObject({ ...base, kind: z.literal("record"), spec: recordSpec }),
]);

export type DeclaredObject = z.infer<typeof declaredObject>;
export type ObjectKind = DeclaredObject["kind"];
export type DeclaredObjectOf<Kind extends ObjectKind> = Extract<DeclaredObject, { kind: Kind }>;
export type SpecOf<Kind extends ObjectKind> = DeclaredObjectOf<Kind>["spec"];

/** An object in the document: `revision` counts its changes. */
export type StoredObject = DeclaredObject & { readonly revision: number };
export type StoredObjectOf<Kind extends ObjectKind> = DeclaredObjectOf<Kind> & { readonly revision: number };
