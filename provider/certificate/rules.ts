import type { X509Certificate } from "node:crypto";
import { MINIMUM_RSA_BITS } from "tls-offload-agent/contract";
import type { Declaration, RuleContext, Unchecked } from "../resource/definition";
import { advice, mistake, type Finding } from "../resource/finding";
import { text } from "../resource/known";
import { UNKNOWN } from "../resource/unknowns";
import { chainFindings } from "./chain-order";
import { keyFacts, type KeyFacts } from "./private-key";
import { parseChain, spkiSha256 } from "./x509";

/** From when on a renewal is urged. */
const EXPIRY_WARNING_DAYS = 30;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

export const certificateRules: Declaration["rules"] = (inputs, context) => {
  const key = keyFacts(inputs);
  const cert = text(inputs["cert"]);
  const found = keyFindings(inputs, key);
  if (cert === undefined) return found;
  const chain = readChain(cert);
  if (typeof chain === "string")
    return [...found, mistake("cert", "CERTIFICATE_UNREADABLE", { detail: chain })];
  const [leaf] = chain;
  return [
    ...found,
    ...chainFindings(chain),
    ...matchFindings(leaf, key, inputs),
    ...sizeFindings(leaf),
    ...validityFindings(leaf, inputs, context),
  ];
};

/** A key's hash stands for it in state and diff, so that neither needs the key or its path. */
export const deriveCertificate: Declaration["derive"] = (inputs) => {
  const key = keyFacts(inputs);
  if (key.state === "known") return { keySpkiSha256: key.spkiSha256 };
  return key.state === "unknown" ? { keySpkiSha256: UNKNOWN } : { keySpkiSha256: undefined };
};

function readChain(cert: string): readonly [X509Certificate, ...X509Certificate[]] | string {
  try {
    return parseChain(cert);
  } catch (error) {
    return error instanceof Error ? error.message : "it is damaged";
  }
}

function keyFindings(inputs: Unchecked, key: KeyFacts): Finding[] {
  if (inputs["key"] !== undefined && inputs["keyFile"] !== undefined)
    return [mistake("keyFile", "KEY_GIVEN_TWICE", {})];
  if (key.state === "absent") return [mistake("key", "KEY_NOT_GIVEN", {})];
  if (key.state !== "unusable") return [];
  return key.code === "KEY_FILE_UNREADABLE"
    ? [mistake(key.path, key.code, { detail: key.detail })]
    : [mistake(key.path, key.code, {})];
}

function matchFindings(leaf: X509Certificate, key: KeyFacts, inputs: Unchecked): Finding[] {
  if (key.state !== "known" || key.spkiSha256 === spkiSha256(leaf.publicKey)) return [];
  return [mistake(inputs["key"] === undefined ? "keyFile" : "key", "KEY_MISMATCH", {})];
}

function sizeFindings({ publicKey }: X509Certificate): Finding[] {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined || bits >= MINIMUM_RSA_BITS) return [];
  return [mistake("cert", "KEY_TOO_SMALL", { bits, minimum: MINIMUM_RSA_BITS })];
}

/** A certificate that is in use and did not change must not block other changes because time went by. */
function validityFindings(leaf: X509Certificate, inputs: Unchecked, { olds, now }: RuleContext): Finding[] {
  const say = isNew(inputs, olds) ? mistake : advice;
  const [from, to] = [new Date(leaf.validFrom), new Date(leaf.validTo)];
  if (now < from) return [say("cert", "CERTIFICATE_NOT_YET_VALID", { notBefore: from.toISOString() })];
  const notAfter = to.toISOString();
  if (now > to) return [say("cert", "CERTIFICATE_EXPIRED", { notAfter })];
  const days = Math.floor((to.getTime() - now.getTime()) / DAY_MILLISECONDS);
  return days < EXPIRY_WARNING_DAYS ? [advice("cert", "CERTIFICATE_EXPIRES_SOON", { notAfter, days })] : [];
}

/** In the constructor nobody knows; check, which does, decides. */
function isNew(inputs: Unchecked, olds: RuleContext["olds"]): boolean {
  return olds !== undefined && (olds === null || text(olds["cert"])?.trim() !== text(inputs["cert"])?.trim());
}
