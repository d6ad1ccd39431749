import { domainName, normalize } from "../dns/name";
import { parseTsigSecret } from "../dns/tsig/secret";
import type { Unchecked } from "../resource/definition";
import { advice, mistake, type Finding } from "../resource/finding";
import { text } from "../resource/known";

const WAYS = ["keySecret", "keySecretEnv", "keySecretFile"] as const;

/** What a person can get wrong in a zone's declaration. `name`: what is to be in the zone; undefined: not known. */
export function zoneFindings(zone: Unchecked, path: string, name: string | undefined): Finding[] {
  return [...nameFindings(zone, path, name), ...keyFindings(zone, path)];
}

function nameFindings(zone: Unchecked, path: string, name: string | undefined): Finding[] {
  const declared = text(zone["zone"]);
  if (declared === undefined) return [];
  const detail = domainName(declared).problem;
  if (detail !== undefined) return [mistake(`${path}.zone`, "DOMAIN_INVALID", { detail })];
  if (name === undefined || isWithin(name, declared)) return [];
  return [mistake(`${path}.zone`, "NAME_OUTSIDE_ZONE", { name, zone: normalize(declared) })];
}

function keyFindings(zone: Unchecked, path: string): Finding[] {
  const [first, second] = WAYS.filter((way) => zone[way] !== undefined);
  const found: Finding[] = [];
  if (first === undefined) found.push(mistake(`${path}.keySecret`, "DNS_KEY_NOT_GIVEN", {}));
  else if (second !== undefined)
    found.push(mistake(`${path}.${second}`, "DNS_KEY_GIVEN_TWICE", { first, second }));
  if (zone["keyAlgorithm"] === "hmac-sha1")
    found.push(advice(`${path}.keyAlgorithm`, "DNS_KEY_WEAK", {}, "at preview"));
  return [...found, ...secretFindings(text(zone["keySecret"]), `${path}.keySecret`)];
}

function secretFindings(secret: string | undefined, path: string): Finding[] {
  if (secret === undefined) return [];
  const reading = parseTsigSecret(secret);
  if (reading.refusal !== undefined) return [mistake(path, reading.refusal.code, reading.refusal.parameters)];
  return reading.advice === null ? [] : [advice(path, reading.advice.code, reading.advice.parameters)];
}

function isWithin(name: string, zone: string): boolean {
  const [inner, outer] = [normalize(name), normalize(zone)];
  return inner === outer || inner.endsWith(`.${outer}`);
}
