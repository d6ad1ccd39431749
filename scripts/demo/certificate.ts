import { createPrivateKey, X509Certificate } from "node:crypto";
import { createAuthority, openAuthority, type Authority } from "./certificate-authority";
import { readIfThere, writePrivate } from "./files";
import { DEMO } from "./paths";

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** Pulumi warns from 30 days before expiry; the demo is ahead of that. */
const RENEW_DAYS = 31;

/**
 * The demo's CA and its certificate for `siteName`, kept between runs and issued anew when near expiry.
 *
 * @returns what was done, for a person
 */
export async function ensureCertificate(siteName: string): Promise<string> {
  const kept = keptAuthority();
  const authority = kept === undefined ? await newAuthority() : await openAuthority(...kept);
  if (kept !== undefined && isUsable(siteName, new X509Certificate(authority.certPem))) return "kept";
  const issued = await authority.issue({ names: [siteName] });
  writePrivate(DEMO.key, issued.keyPem);
  writePrivate(DEMO.certificate, issued.chainPem);
  return "issued";
}

async function newAuthority(): Promise<Authority> {
  const authority = await createAuthority({ name: "pulumi-tls-offload demo CA" });
  writePrivate(DEMO.authorityKey, authority.keyPem);
  writePrivate(DEMO.authority, authority.certPem);
  return authority;
}

function keptAuthority(): [certPem: string, keyPem: string] | undefined {
  const certPem = readIfThere(DEMO.authority);
  const keyPem = readIfThere(DEMO.authorityKey);
  if (certPem === undefined || keyPem === undefined || isNearExpiry(certPem)) return undefined;
  return belongTogether(certPem, keyPem) ? [certPem, keyPem] : undefined;
}

function isUsable(siteName: string, root: X509Certificate): boolean {
  const certPem = readIfThere(DEMO.certificate);
  const keyPem = readIfThere(DEMO.key);
  if (certPem === undefined || keyPem === undefined || isNearExpiry(certPem)) return false;
  const certificate = new X509Certificate(certPem);
  const isIssued = certificate.checkIssued(root) && certificate.verify(root.publicKey);
  return isIssued && certificate.checkHost(siteName) !== undefined && belongTogether(certPem, keyPem);
}

function belongTogether(certPem: string, keyPem: string): boolean {
  return new X509Certificate(certPem).checkPrivateKey(createPrivateKey(keyPem));
}

function isNearExpiry(certPem: string): boolean {
  const expiry = Date.parse(new X509Certificate(certPem).validTo);
  return expiry - Date.now() < RENEW_DAYS * DAY_MILLISECONDS;
}
