import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { OffloadError } from "tls-offload-agent/contract";
import { nameOf } from "../resource/hidden-input";
import type { ObjectOperation } from "../resource/operation";
import { certificateFacts, parseChain, spkiSha256 } from "./x509";
import { certificateSchema, type CertificateInputs } from "./schema";

export const certificateOperation: ObjectOperation<CertificateInputs, "certificate"> = {
  kind: "certificate",
  schema: certificateSchema,
  idOf: (_inputs, hidden) => `${hidden.target.loadBalancerId}/certificate/${nameOf(hidden)}`,
  objectOf: ({ certificateName, cert }, _hidden, { id, owner, incarnation }) => {
    const chainPem = normalizeChain(cert);
    const facts = certificateFacts(chainPem);
    const { fingerprintSha256 } = facts;
    const spec = { certificateName, chainPem, fingerprintSha256, spkiSha256: facts.spkiSha256 };
    return { id, owner, incarnation, kind: "certificate", spec };
  },
  inputsOf: ({ spec }, old) => ({
    adopt: false,
    ...old,
    certificateName: spec.certificateName,
    // As the program wrote it, unless it is another one.
    cert: old !== null && normalizeChain(old.cert) === spec.chainPem ? old.cert : spec.chainPem,
    keySpkiSha256: spec.spkiSha256,
  }),
  outputsOf: ({ cert }) => ({ ...certificateFacts(cert) }),
  keyOf: async (inputs) => {
    const keyPem = await readKey(inputs);
    if (keyPem !== null) refuseOtherKey(keyPem, inputs);
    return keyPem;
  },
  observe: ({ cert }) => {
    const { fingerprintSha256 } = certificateFacts(cert);
    return Promise.resolve({ outputs: { fingerprintSha256 }, notServed: {} });
  },
};

/** null: the hosts have it, and KEY_MISSING says so where one does not. */
async function readKey({ key, keyFile }: CertificateInputs): Promise<string | null> {
  if (key !== undefined) return key;
  if (keyFile === undefined) return null;
  try {
    return await readFile(keyFile, "utf8");
  } catch (error) {
    const detail = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new OffloadError("KEY_FILE_LOST", "keyFile", { file: keyFile, detail });
  }
}

/** Compared with what check saw; nothing of the key itself goes into a message. */
function refuseOtherKey(keyPem: string, { keySpkiSha256 }: CertificateInputs): void {
  const actual = spkiOfPrivateKey(keyPem);
  if (keySpkiSha256 === undefined || actual === keySpkiSha256) return;
  throw new OffloadError("KEY_CHANGED", "", { actual, expected: keySpkiSha256 });
}

function spkiOfPrivateKey(keyPem: string): string {
  try {
    return spkiSha256(createPublicKey(createPrivateKey(keyPem)));
  } catch {
    return "unreadable";
  }
}

/** As it is stored: LF, no blank lines, nothing around the blocks. */
function normalizeChain(pem: string): string {
  return parseChain(pem)
    .map((certificate) => certificate.toString())
    .join("");
}
