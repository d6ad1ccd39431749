import { CONTRACT_VERSION, type Document } from "../../contract/document";
import { DATA_PLANE_CAPABILITIES, type FactsAnswer } from "../../contract/facts";
import { instanceHash, watchRole } from "../../process/role-lock";
import { AGENT_VERSION } from "../../process/version";
import { unitFacts } from "../../host/unit-drift";
import { objectsOf } from "../configuration/objects";
import { machineHash } from "../machine-identity";
import { machineFacts } from "./machine";

/** `bundleSha256` is taken at start: the file may be replaced while this process runs. */
export async function factsOf(
  stateDir: string,
  document: Document,
  bundleSha256: string,
): Promise<FactsAnswer> {
  const supervisor = await watchRole(stateDir, "supervise");
  supervisor?.stop();
  const { schedulers, healthCheckTypes, ...others } = DATA_PLANE_CAPABILITIES.builtin;
  return {
    agentVersion: AGENT_VERSION,
    bundleSha256,
    contractVersions: [CONTRACT_VERSION],
    loadBalancerId: objectsOf(document, "loadBalancer")[0]?.id ?? null,
    pid: process.pid,
    // A copy of the disk has the same state directory.
    instance: instanceHash(stateDir, `facts ${machineHash() ?? ""}`),
    supervised: supervisor !== undefined,
    nodeVersion: process.versions.node,
    opensslVersion: process.versions.openssl,
    machine: machineFacts(),
    unit: unitFacts(),
    dataPlane: "builtin",
    capabilities: { schedulers: [...schedulers], healthCheckTypes: [...healthCheckTypes], ...others },
  };
}
