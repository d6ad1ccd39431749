import { createHash, X509Certificate, type KeyObject } from "node:crypto";

/** What a certificate says of itself, as outputs show it. */
export interface CertificateFacts {
  /** "CN=www.example.com, O=Example": most specific first. */
  readonly subject: string;
  /** DNS names and IP addresses, in the certificate's order. */
  readonly subjectAlternativeNames: readonly string[];
  readonly issuer: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** "RSA-2048", "ECDSA-P-256", "Ed25519". */
  readonly keyType: string;
  /** Hexadecimal, lower case. */
  readonly fingerprintSha256: string;
  readonly spkiSha256: string;
}

/** The facts of the first certificate of a chain. Throws where parseChain does. */
export function certificateFacts(chainPem: string): CertificateFacts {
  return factsOf(parseChain(chainPem)[0]);
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    subject: oneLine(certificate.subject),
    subjectAlternativeNames: alternativeNames(certificate.subjectAltName ?? ""),
    issuer: oneLine(certificate.issuer),
    // Node 20 has no validFromDate; OpenSSL's text ("Nov  3 10:00:00 2026 GMT") is one that Date reads.
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
    keyType: keyTypeOf(certificate.publicKey),
    fingerprintSha256: sha256(certificate.raw),
    spkiSha256: spkiSha256(certificate.publicKey),
  };
}

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * All certificates of a PEM text, in its order: node:crypto reads only the first of a text. Throws an Error whose
 * message completes "is not a chain of PEM certificates: ..." and holds nothing of the text.
 */
export function parseChain(chainPem: string): readonly [X509Certificate, ...X509Certificate[]] {
  if (chainPem.includes("PRIVATE KEY-----")) throw new Error("there is a private key in it");
  const blocks = chainPem.match(CERTIFICATE_BLOCK) ?? [];
  const rest = chainPem.replaceAll(CERTIFICATE_BLOCK, "");
  const [first, ...others] = blocks.map((pem, index) => parseOne(pem, index + 1));
  if (first === undefined) throw new Error("there is no BEGIN CERTIFICATE block in it");
  if (rest.includes("-----BEGIN") || rest.includes("-----END")) throw new Error("a block in it is damaged");
  return [first, ...others];
}

function parseOne(pem: string, position: number): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error(`block ${position} is damaged`);
  }
}

/** SHA-256 of the SubjectPublicKeyInfo: equal for a certificate and its key. */
export function spkiSha256(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: "spki", format: "der" }));
}

/** By their names in OpenSSL. */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

/** Whether clients accept it for a host name: by its subject alternative names, never by its subject. */
export function covers(certificate: X509Certificate, name: string): boolean {
  // A wildcard record answers for any label, of which "www" is as good as another.
  return certificate.checkHost(name.replace(/^\*\./, "www."), { subject: "never" }) !== undefined;
}

function keyTypeOf(key: KeyObject): string {
  const type: string = key.asymmetricKeyType ?? "unknown";
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  if (type.startsWith("rsa")) return `RSA-${modulusLength}`;
  if (type === "ec") return `ECDSA-${CURVES[namedCurve] ?? namedCurve}`;
  return type === "ed25519" ? "Ed25519" : type;
}

/** node:crypto gives "DNS:a.test, IP Address:127.0.0.1", with quotes around what holds a comma. */
function alternativeNames(text: string): string[] {
  const entries = text.match(/[^,"]*("(\\.|[^"\\])*"[^,"]*)*/g) ?? [];
  return entries.flatMap((entry) => {
    const name = /^\s*(?:DNS|IP Address):(.*)$/s.exec(entry)?.[1];
    return name === undefined ? [] : [name.startsWith('"') ? String(JSON.parse(name)) : name];
  });
}

function oneLine(distinguishedName: string): string {
  return distinguishedName.split("\n").reverse().join(", ");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
