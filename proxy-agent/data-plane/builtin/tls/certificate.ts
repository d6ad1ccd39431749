import { createPrivateKey, X509Certificate } from "node:crypto";
import { OffloadError } from "../../../contract/errors";
import { MINIMUM_RSA_BITS } from "../../../contract/security-policy";
import type { DataPlaneListener } from "../../interface";

type CertificateInput = DataPlaneListener["certificates"][number];

export interface ServerCertificate {
  readonly fingerprintSha256: string;
  /** DNS names and IP addresses; the common name where the certificate has no alternative names. */
  readonly names: readonly string[];
  readonly chainPem: string;
  readonly keyPem: string;
}

/** The curves of the policies' groups: on others no client could be served. */
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/** Throws CERTIFICATE_UNUSABLE for what must not or cannot be served. */
export function readCertificate(input: CertificateInput, listenerId: string): ServerCertificate {
  const refuse = (detail: string): never => {
    const named = `certificate ${input.fingerprintSha256.slice(0, 16)}: ${detail}`;
    throw new OffloadError("CERTIFICATE_UNUSABLE", "", { objectId: listenerId, detail: named });
  };
  const certificate = parse(input, refuse);
  const weakness = weaknessOf(certificate);
  if (weakness !== undefined) {
    refuse(weakness);
  }
  return {
    fingerprintSha256: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    names: namesOf(certificate),
    chainPem: input.chainPem,
    keyPem: input.keyPem,
  };
}

function parse(input: CertificateInput, refuse: (detail: string) => never): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(input.chainPem);
  } catch {
    return refuse("the chain is not PEM that OpenSSL can read");
  }
  let belongs: boolean;
  try {
    belongs = certificate.checkPrivateKey(createPrivateKey(input.keyPem));
  } catch {
    return refuse("the private key is not PEM that OpenSSL can read");
  }
  return belongs ? certificate : refuse("the private key belongs to another certificate");
}

function weaknessOf(certificate: X509Certificate): string | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  switch (asymmetricKeyType) {
    case "rsa":
    case "rsa-pss": {
      const bits = asymmetricKeyDetails?.modulusLength ?? 0;
      return bits < MINIMUM_RSA_BITS
        ? `its RSA key has ${bits} bits, at least ${MINIMUM_RSA_BITS} are needed`
        : undefined;
    }
    case "ec": {
      const curve = asymmetricKeyDetails?.namedCurve ?? "unknown";
      return CURVES.includes(curve)
        ? undefined
        : `its key is on curve ${curve}, which the security policies do not have`;
    }
    case "ed25519":
    case "ed448":
      return undefined;
    case "dsa":
    case "x25519":
    case "x448":
    case undefined:
      return `its key is of type ${asymmetricKeyType ?? "unknown"}, which is not served`;
  }
}

function namesOf(certificate: X509Certificate): string[] {
  const alternative = certificate.subjectAltName ?? "";
  const names = [...alternative.matchAll(/(?:DNS|IP Address):([^,"\s]+)/g)].map(([, name = ""]) => name);
  const commonName = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return names.length > 0 || commonName === undefined ? names : [commonName];
}
