import type { Document } from "../../contract/document";
import type { SpecOf, StoredObjectOf } from "../../contract/object";
import type { DataPlaneConfiguration, DataPlaneGroup, DataPlaneListener } from "../../data-plane/interface";
import type { ObjectProblem } from "../problem";
import { objectsOf, objectOf } from "./objects";

/** What a configuration needs beside the document. */
export interface Secrets {
  readonly keyPem: (spkiSha256: string) => string | undefined;
  readonly ticketKeyBase64: (listenerId: string) => string;
}

export interface DerivedDataPlane {
  readonly configuration: DataPlaneConfiguration;
  /** What cannot be served, or only from the memory of a data plane that has it. */
  readonly problems: readonly ObjectProblem[];
  /**
   * Listeners with a certificate whose key this host has lost ("" in the configuration), with the problem. No data
   * plane can take them, so one that has them keeps them as they are; see ./keyless.ts.
   */
  readonly keyless: ReadonlyMap<string, ObjectProblem>;
}

const ALPN_PROTOCOLS: Record<NonNullable<SpecOf<"listener">["alpnPolicy"]>, string[]> = {
  HTTP1Only: ["http/1.1", "http/1.0"],
  HTTP2Only: ["h2"],
  HTTP2Optional: ["http/1.1", "http/1.0", "h2"],
  HTTP2Preferred: ["h2", "http/1.1", "http/1.0"],
};

/** What the data plane shall serve. An object that cannot be served is left out alone and reported. */
export function dataPlaneConfiguration(document: Document, secrets: Secrets): DerivedDataPlane {
  const problems: ObjectProblem[] = [];
  const keyless = new Map<string, ObjectProblem>();
  const addresses = objectsOf(document, "loadBalancer").flatMap(({ spec }) => spec.bindAddresses);
  const listeners = objectsOf(document, "listener")
    .filter(({ spec }) => spec.status === "Running" && addresses.length > 0)
    .map((listener) => dataPlaneListener(document, listener, addresses, secrets, { problems, keyless }))
    .filter((listener) => listener !== undefined);
  const groups = objectsOf(document, "serverGroup").map(dataPlaneGroup);
  return { configuration: { generation: document.generation, listeners, groups }, problems, keyless };
}

function dataPlaneListener(
  document: Document,
  { id, spec }: StoredObjectOf<"listener">,
  addresses: readonly string[],
  secrets: Secrets,
  { problems, keyless }: { problems: ObjectProblem[]; keyless: Map<string, ObjectProblem> },
): DataPlaneListener | undefined {
  const certificate = (certificateId: string): DataPlaneListener["certificates"][number] | undefined => {
    const found = objectOf(document, "certificate", certificateId);
    if (found === undefined) {
      const parameters = { objectId: id, reference: certificateId };
      problems.push({ objectId: id, code: "REFERENCE_MISSING", parameters });
      return undefined;
    }
    const { chainPem, fingerprintSha256, spkiSha256 } = found.spec;
    const keyPem = secrets.keyPem(spkiSha256);
    if (keyPem === undefined) {
      const parameters = { objectId: certificateId, spkiSha256 };
      const problem = { objectId: certificateId, code: "KEY_MISSING", parameters };
      problems.push(problem);
      keyless.set(id, problem);
    }
    return { chainPem, keyPem: keyPem ?? "", fingerprintSha256 };
  };
  const first = certificate(spec.certificateId);
  const others = spec.additionalCertificateIds.map(certificate).filter((other) => other !== undefined);
  // Serving another site's certificate in place of the default one would be worse than not serving.
  return first === undefined
    ? undefined
    : {
        id,
        endpoints: addresses.map((address) => ({ address, port: spec.port })),
        certificates: [first, ...others],
        securityPolicyId: spec.securityPolicyId,
        alpnProtocols: spec.alpnPolicy === null ? [] : ALPN_PROTOCOLS[spec.alpnPolicy],
        idleTimeoutSeconds: spec.idleTimeoutSeconds,
        connectionsPerSecond: spec.connectionsPerSecond,
        ticketKeyBase64: secrets.ticketKeyBase64(id),
        serverGroupId: spec.serverGroupId,
      };
}

function dataPlaneGroup({ id, spec }: StoredObjectOf<"serverGroup">): DataPlaneGroup {
  return {
    id,
    scheduler: spec.scheduler,
    drainTimeoutSeconds: spec.connectionDrainTimeoutSeconds,
    servers: spec.servers.map(({ serverId, ip, port, weight }) => ({ id: serverId, ip, port, weight })),
  };
}
