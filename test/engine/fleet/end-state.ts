import { existsSync } from "node:fs";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import { expect } from "vitest";
import { STATE_FILES, type StoredObject } from "../../../proxy-agent/contract";
import { canonicalJson } from "../../../proxy-agent/control/store/canonical";
import { until } from "../../support/until";
import { HOSTS, NAME, type Fleet, type Host } from "./fleet";

/** Object id -> the whole of it in one text, without what differs from host to host. */
export type HostObjects = Readonly<Record<string, string>>;

/** Waits until no host has a pending change, then looks at all of them, on disk too. */
export async function settled(fleet: Fleet): Promise<Record<Host, HostObjects>> {
  const entries = await Promise.all(
    HOSTS.map(async (host) => {
      const pendingFile = join(fleet.stateDir(host), STATE_FILES.pending);
      const { confirmed } = await until(`${host} has nothing pending`, async () => {
        const answer = await fleet.documentOf(host);
        return answer.pending === null && !existsSync(pendingFile) && answer;
      });
      expect(fleet.documentOnDisk(host), `${host}: what is on disk`).toEqual(confirmed);
      const objects = Object.entries(confirmed.objects).map(([id, object]) => [id, textOf(object)]);
      return [host, Object.fromEntries(objects) as HostObjects] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<Host, HostObjects>;
}

/** What each host serves is what its document says: the certificate of each site, or a closed port. */
export async function expectServed(fleet: Fleet): Promise<void> {
  for (const host of HOSTS) {
    const { objects } = (await fleet.documentOf(host)).confirmed;
    for (const site of ["main", "extra"] as const) {
      const port = fleet.ports[site];
      const listener = Object.values(objects).find(
        (object) => object.kind === "listener" && object.spec.port === port,
      );
      const certificate = listener?.kind === "listener" ? objects[listener.spec.certificateId] : undefined;
      const expected = certificate?.kind === "certificate" ? certificate.spec.fingerprintSha256 : "nothing";
      // A listener is closed after the confirmation, not with it.
      await until(
        `${host} serves ${site} as ${expected}`,
        async () => {
          const seen = await servedAt(fleet, host, port);
          if (seen !== expected) throw new Error(`it serves ${seen}`);
          return true;
        },
        10,
      );
    }
  }
}

/** Hexadecimal, lower case; "nothing": nobody listens. */
async function servedAt(fleet: Fleet, host: Host, port: number): Promise<string> {
  const socket = connect({ host: fleet.address(host), port, servername: NAME, ca: fleet.authority.certPem });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase();
  } catch {
    return "nothing";
  } finally {
    socket.destroy();
  }
}

/** All hosts have the very same objects; the answer is what they have. */
export async function expectAgreement(fleet: Fleet): Promise<HostObjects> {
  const all = await settled(fleet);
  for (const host of HOSTS) expect(all[host], host).toEqual(all["edge-a"]);
  await expectServed(fleet);
  return all["edge-a"];
}

export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}

/** Revisions count a host's own changes: one that missed a change has another count and the same object. */
function textOf(object: StoredObject): string {
  return canonicalJson({ ...object, revision: 0, ...(object.kind === "loadBalancer" ? { spec: {} } : {}) });
}
