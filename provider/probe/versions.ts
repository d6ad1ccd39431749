import { OffloadError, SECURITY_POLICIES, type TlsVersion } from "tls-offload-agent/contract";
import type { Expectation } from "./expectation";
import { handshake } from "./handshake";
import { refuseSilence, type Place } from "./place";

const VERSIONS: readonly TlsVersion[] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

export interface VersionReport {
  readonly versionsAccepted: readonly TlsVersion[];
  readonly versionsRefused: readonly TlsVersion[];
  readonly versionsNotVerified: readonly TlsVersion[];
}

type Verdict = "accepted" | "refused" | "not offered";

/** Each version of the policy is accepted and each other one refused. */
export async function verifyVersions(place: Place, expectation: Expectation): Promise<VersionReport> {
  const verdicts = await Promise.all(VERSIONS.map((version) => tryVersion(place, expectation, version)));
  const those = (wanted: Verdict): TlsVersion[] => VERSIONS.filter((_, index) => verdicts[index] === wanted);
  return {
    versionsAccepted: those("accepted"),
    versionsRefused: those("refused"),
    versionsNotVerified: those("not offered"),
  };
}

async function tryVersion(place: Place, expectation: Expectation, version: TlsVersion): Promise<Verdict> {
  const { address, port, where } = place;
  const policy = SECURITY_POLICIES[expectation.securityPolicyId];
  const serverName = expectation.certificates[0]?.serverName ?? null;
  const result = await handshake({ ...place, serverName, version });
  switch (result.kind) {
    case "established": {
      result.end();
      if (policy.versions.includes(version)) return "accepted";
      throw new OffloadError("VERIFY_VERSION_ACCEPTED", where, { address, port, version, policy: policy.id });
    }
    case "refused": {
      if (!policy.versions.includes(version)) return "refused";
      const seen = result.detail;
      throw new OffloadError("VERIFY_VERSION_REFUSED", where, {
        address,
        port,
        version,
        policy: policy.id,
        seen,
      });
    }
    case "not offered":
      return "not offered";
    case "no answer":
      return refuseSilence(place, result.detail);
  }
}
