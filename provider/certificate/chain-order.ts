import type { X509Certificate } from "node:crypto";
import { mistake, type Finding } from "../resource/finding";

type Chain = readonly X509Certificate[];

/** Whether each certificate issued the one before it; if not, whether it is the order or a stranger. */
export function chainFindings(chain: Chain): Finding[] {
  const broken = chain.findIndex((certificate, index) => {
    const before = chain[index - 1];
    return before !== undefined && !issued(certificate, before);
  });
  if (broken === -1) return [];
  const strangers = chain.flatMap((_certificate, index) => (isStranger(chain, index) ? [index + 1] : []));
  return strangers.length > 0
    ? strangers.map((position) => mistake("cert", "CERTIFICATE_UNRELATED", { position }))
    : [mistake("cert", "CERTIFICATE_ORDER", { position: broken + 1 })];
}

/** It has nothing to do with any other of the chain, or stands there for the second time. */
function isStranger(chain: Chain, index: number): boolean {
  const certificate = chain[index];
  // The first is the server certificate: the others are judged by it.
  if (index === 0 || certificate === undefined) return false;
  if (chain.slice(0, index).some(({ raw }) => raw.equals(certificate.raw))) return true;
  return !chain.some(
    (other) => other !== certificate && (issued(certificate, other) || issued(other, certificate)),
  );
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
