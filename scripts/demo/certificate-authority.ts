import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const EC_P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const RSA_2048 = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
};

export interface AuthorityOptions {
  /** The root's common name; the intermediate's is "<name> intermediate". Default "Demo CA". */
  readonly name?: string;
  /** Issue from an intermediate, so that chains are longer than one certificate. Default false. */
  readonly intermediate?: boolean;
  /** Default: a minute ago, for clocks that differ. */
  readonly notBefore?: Date;
  /** Default: in ten years. */
  readonly notAfter?: Date;
}

export interface IssueOptions {
  /** DNS names and IP addresses; the first DNS name is the subject's common name as well. */
  readonly names: readonly string[];
  /** Default "ec" (P-256). "rsa" has 2048 bits. */
  readonly keyType?: "ec" | "rsa";
  /** Default: a minute ago, for clocks that differ. */
  readonly notBefore?: Date;
  /** Default: in 90 days. */
  readonly notAfter?: Date;
}

/** All PEM. */
export interface IssuedCertificate {
  readonly certPem: string;
  /** The certificate and the intermediates, without the root: what a server sends. */
  readonly chainPem: string;
  /** PKCS#8. */
  readonly keyPem: string;
}

export interface Authority {
  /** The root: what a client trusts. */
  readonly certPem: string;
  /** The root's private key (PKCS#8), with which `openAuthority` goes on later. */
  readonly keyPem: string;
  readonly issue: (options: IssueOptions) => Promise<IssuedCertificate>;
}

interface Issuer {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** Makes a certificate authority of its own: EC P-256, for demonstrations and tests only. */
export async function createAuthority(options: AuthorityOptions = {}): Promise<Authority> {
  const name = options.name ?? "Demo CA";
  const keys = await generateKeys(EC_P256);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ CN: [name] }],
      ...validity(options, 3650),
      signingAlgorithm: EC_P256,
      keys,
      extensions: await authorityExtensions(keys.publicKey, 1),
    },
    webcrypto,
  );
  const root = { certificate, keys };
  return authority(root, options.intermediate === true ? [await intermediate(root, name, options)] : []);
}

/** The authority that `createAuthority` made before, without an intermediate. Rejects when the PEM cannot be read. */
export async function openAuthority(certPem: string, keyPem: string): Promise<Authority> {
  const certificate = new x509.X509Certificate(certPem);
  const pkcs8 = x509.PemConverter.decodeFirst(keyPem);
  const privateKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, EC_P256, true, ["sign"]);
  const spki = certificate.publicKey.rawData;
  const publicKey = await webcrypto.subtle.importKey("spki", spki, EC_P256, true, ["verify"]);
  return authority({ certificate, keys: { privateKey, publicKey } }, []);
}

async function authority(root: Issuer, intermediates: readonly Issuer[]): Promise<Authority> {
  const issuer = intermediates.at(-1) ?? root;
  const chain = intermediates.map((each) => pem(each.certificate)).reverse();
  return {
    certPem: pem(root.certificate),
    keyPem: await privateKeyPem(root.keys),
    issue: (options) => issue(issuer, chain, options),
  };
}

async function issue(
  issuer: Issuer,
  chain: readonly string[],
  options: IssueOptions,
): Promise<IssuedCertificate> {
  const keys = await generateKeys(options.keyType === "rsa" ? RSA_2048 : EC_P256);
  const certificate = await sign(issuer, keys, {
    ...validity(options, 90),
    commonName: options.names[0] ?? "",
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(options.names.map(generalName)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
    ],
  });
  const certPem = pem(certificate);
  return { certPem, chainPem: [certPem, ...chain].join(""), keyPem: await privateKeyPem(keys) };
}

async function intermediate(root: Issuer, name: string, options: AuthorityOptions): Promise<Issuer> {
  const keys = await generateKeys(EC_P256);
  const certificate = await sign(root, keys, {
    ...validity(options, 3650),
    commonName: `${name} intermediate`,
    extensions: await authorityExtensions(keys.publicKey, 0),
  });
  return { certificate, keys };
}

interface Signed {
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: x509.Extension[];
}

async function sign(
  issuer: Issuer,
  keys: webcrypto.CryptoKeyPair,
  { commonName, extensions, ...dates }: Signed,
): Promise<x509.X509Certificate> {
  const issuerKey = issuer.keys.publicKey;
  return x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [{ CN: [commonName] }],
      issuer: issuer.certificate.subject,
      ...dates,
      signingAlgorithm: EC_P256,
      publicKey: keys.publicKey,
      signingKey: issuer.keys.privateKey,
      extensions: [
        ...extensions,
        await x509.AuthorityKeyIdentifierExtension.create(issuerKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
}

async function authorityExtensions(
  publicKey: webcrypto.CryptoKey,
  pathLength: number,
): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
  ];
}

function validity(
  options: Pick<IssueOptions, "notBefore" | "notAfter">,
  days: number,
): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: options.notBefore ?? new Date(Date.now() - 60_000),
    notAfter: options.notAfter ?? new Date(Date.now() + days * DAY_MILLISECONDS),
  };
}

function generalName(name: string): x509.JsonGeneralName {
  const isAddress = /^[\d.]+$|:/.test(name);
  return { type: isAddress ? "ip" : "dns", value: name };
}

/** 127 random bits: positive, as RFC 5280 wants it. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString("hex");
}

async function generateKeys(algorithm: typeof EC_P256 | typeof RSA_2048): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`;
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}
