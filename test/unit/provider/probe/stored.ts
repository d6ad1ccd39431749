import { CONTRACT_VERSION, type Document, type SpecOf } from "tls-offload-agent/contract";
import { certificateFacts } from "../../../../provider/certificate/x509";
import type { IssuedCertificate } from "../../../../scripts/demo/certificate-authority";

/** A document with one listener on port 443 and its certificate. */
export function storedDocument(
  { chainPem }: IssuedCertificate,
  wishes: Partial<Pick<SpecOf<"listener">, "status" | "verify" | "requireHealthyBackend">> = {},
): Document {
  const base = { owner: "p/s/T/n", incarnation: "1", revision: 1 };
  const { fingerprintSha256, spkiSha256 } = certificateFacts(chainPem);
  return {
    contract: CONTRACT_VERSION,
    generation: 1,
    objects: {
      "shop/certificate/www": {
        ...base,
        id: "shop/certificate/www",
        kind: "certificate",
        spec: { certificateName: "www", chainPem, fingerprintSha256, spkiSha256 },
      },
      "shop/listener/443": {
        ...base,
        id: "shop/listener/443",
        kind: "listener",
        spec: {
          port: 443,
          certificateId: "shop/certificate/www",
          additionalCertificateIds: [],
          securityPolicyId: "tls_cipher_policy_1_2",
          serverGroupId: "shop/server-group/web",
          idleTimeoutSeconds: 900,
          connectionsPerSecond: 0,
          alpnPolicy: null,
          description: "",
          status: "Running",
          verify: null,
          requireHealthyBackend: null,
          ...wishes,
        },
      },
    },
  };
}
