import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect } from "vitest";
import { STATE_FILES, type DocumentAnswer, type StoredObject } from "../../proxy-agent/contract";
import { canonicalJson } from "../../proxy-agent/control/store/canonical";
import { until } from "./until";

/** Hosts that serve one load balancer. */
export interface ServingHosts<Name extends string = string> {
  readonly servingHosts: readonly ServingHost<Name>[];
  /** What is looked at on each: what its document says there, or a closed port. */
  readonly listenerPorts: readonly number[];
  readonly serverName: string;
  /** Whom its visitors trust. PEM. */
  readonly ca: string;
}

export interface ServingHost<Name extends string = string> {
  readonly name: Name;
  readonly address: string;
  /** As this machine can open it. */
  readonly stateDir: string;
  readonly document: () => Promise<DocumentAnswer>;
}

/** Object id -> the whole of it in one text, without what differs from host to host. */
export type HostObjects = Readonly<Record<string, string>>;

/** All hosts have the very same objects, on disk too, and serve them; the answer is what they have. */
export async function expectAgreement(hosts: ServingHosts): Promise<HostObjects> {
  const all = Object.entries(await settled(hosts));
  const [first] = all;
  if (first === undefined) throw new Error("There are no hosts");
  for (const [host, objects] of all) expect(objects, host).toEqual(first[1]);
  await expectServed(hosts);
  return first[1];
}

/** Waits until no host has a pending change, then looks at all of them, on disk too. */
export async function settled<Name extends string>({
  servingHosts,
}: ServingHosts<Name>): Promise<Record<Name, HostObjects>> {
  const entries = await Promise.all(
    servingHosts.map(async ({ name, stateDir, document }) => {
      const { confirmed } = await until(`${name} has nothing pending`, async () => {
        const answer = await document();
        return answer.pending === null && !existsSync(join(stateDir, STATE_FILES.pending)) && answer;
      });
      const onDisk: unknown = JSON.parse(readFileSync(join(stateDir, STATE_FILES.document), "utf8"));
      expect(onDisk, `${name}: what is on disk`).toEqual(confirmed);
      const objects = Object.entries(confirmed.objects).map(([id, object]) => [id, textOf(object)]);
      return [name, Object.fromEntries(objects) as HostObjects] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<Name, HostObjects>;
}

/** What each host serves is what its document says: the certificate of each site, or a closed port. */
export async function expectServed(hosts: ServingHosts): Promise<void> {
  for (const host of hosts.servingHosts) {
    const { objects } = (await host.document()).confirmed;
    for (const port of hosts.listenerPorts) {
      const listener = Object.values(objects).find(
        (object) => object.kind === "listener" && object.spec.port === port,
      );
      const certificate = listener?.kind === "listener" ? objects[listener.spec.certificateId] : undefined;
      const expected = certificate?.kind === "certificate" ? certificate.spec.fingerprintSha256 : "nothing";
      // A listener is closed after the confirmation, not with it.
      await until(
        `${host.name} serves port ${port} as ${expected}`,
        async () => {
          const seen = await servedAt(hosts, host, port);
          if (seen !== expected) throw new Error(`it serves ${seen}`);
          return true;
        },
        10,
      );
    }
  }
}

/** Hexadecimal, lower case, as documents have it. */
export function fingerprintOf(pem: string): string {
  return hexadecimal(new X509Certificate(pem).fingerprint256);
}

/** "nothing": nobody listens. */
async function servedAt(
  { serverName, ca }: ServingHosts,
  { address }: ServingHost,
  port: number,
): Promise<string> {
  const socket = connect({ host: address, port, servername: serverName, ca });
  try {
    await once(socket, "secureConnect");
    return hexadecimal(socket.getPeerCertificate().fingerprint256);
  } catch {
    return "nothing";
  } finally {
    socket.destroy();
  }
}

function hexadecimal(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toLowerCase();
}

/** Revisions count a host's own changes: one that missed a change has another count and the same object. */
function textOf(object: StoredObject): string {
  return canonicalJson({ ...object, revision: 0, ...(object.kind === "loadBalancer" ? { spec: {} } : {}) });
}
