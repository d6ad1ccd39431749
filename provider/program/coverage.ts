import { covers, parseChain } from "../certificate/x509";
import { normalize } from "../dns/name";
import { advice, mistake } from "../resource/finding";
import { text } from "../resource/known";
import type { Member, MemberFinding } from "./program";
import { elementsOf, recordName, referred, targetNameOf } from "./references";

/** Records that lead to a listener none of whose certificates is valid for their name. */
export function coverageFindings(members: readonly Member[]): MemberFinding[] {
  return members.flatMap((member) => {
    const fqdn = member.place.type === "CnameRecord" ? recordName(member) : undefined;
    if (fqdn === undefined || member.inputs["status"] === "DISABLE") return [];
    const listener = referred(members, "TcpSslListener", member.given["value"]);
    if (listener !== undefined) return ofListener(members, member, fqdn, listener);
    return ofLoadBalancer(members, member, fqdn);
  });
}

function ofListener(
  members: readonly Member[],
  member: Member,
  fqdn: string,
  listener: Member,
): MemberFinding[] {
  const names = namesOf(members, listener);
  if (names === undefined || names.covers(fqdn)) return [];
  const parameters = { fqdn, listener: `TcpSslListener ${listener.place.name}`, names: names.shown };
  return [{ member, finding: mistake("value", "NAME_NOT_COVERED", parameters) }];
}

/** By the name alone: any listener of the load balancer may be meant, so it is only said when none would do. */
function ofLoadBalancer(members: readonly Member[], member: Member, fqdn: string): MemberFinding[] {
  const value = text(member.given["value"]);
  if (value === undefined) return [];
  const listeners = members.filter(
    (other) => other.place.type === "TcpSslListener" && targetNameOf(other) === normalize(value),
  );
  const names = listeners.map((listener) => namesOf(members, listener));
  if (names.length === 0 || names.some((of) => of === undefined || of.covers(fqdn))) return [];
  const parameters = {
    fqdn,
    listener: listeners.map(({ place }) => `TcpSslListener ${place.name}`).join(", "),
    names: names.map((of) => of?.shown).join(", "),
  };
  return [{ member, finding: advice("value", "NAME_NOT_COVERED", parameters) }];
}

interface Names {
  readonly covers: (fqdn: string) => boolean;
  readonly shown: string;
}

/** What a listener's certificates are valid for; undefined while one of them is not known. */
function namesOf(members: readonly Member[], { given }: Member): Names | undefined {
  const ids = [...elementsOf(given["certificateIds"]), ...elementsOf(given["additionalCertificateIds"])];
  const leaves = ids.map((id) => leafOf(referred(members, "Certificate", id)));
  if (leaves.length === 0 || leaves.includes(undefined)) return undefined;
  const known = leaves.filter((leaf) => leaf !== undefined);
  return {
    covers: (fqdn) => known.some((leaf) => covers(leaf, fqdn)),
    shown: known.map((leaf) => leaf.subjectAltName ?? "none").join(", "),
  };
}

function leafOf(certificate: Member | undefined): ReturnType<typeof parseChain>[0] | undefined {
  const cert = text(certificate?.inputs["cert"]);
  if (cert === undefined) return undefined;
  try {
    return parseChain(cert)[0];
  } catch {
    // The certificate's own rules say so.
    return undefined;
  }
}
