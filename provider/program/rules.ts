import * as pulumi from "@pulumi/pulumi";
import { normalize } from "../dns/name";
import { advice, mistake } from "../resource/finding";
import { text } from "../resource/known";
import { coverageFindings } from "./coverage";
import type { Member, MemberFinding } from "./program";
import { placeKeyOf, recordName, sourcesOf } from "./references";

/**
 * What no resource can tell alone. Only ever finds more as resources are added, because it runs again whenever
 * the program has declared some.
 */
export function programFindings(members: readonly Member[]): readonly MemberFinding[] {
  return [
    ...twice(
      members,
      "TcpSslListener",
      ({ inputs }) => inputs["listenerPort"],
      (port, other) => mistake("listenerPort", "PORT_TWICE", { port, other }),
    ),
    ...twice(
      members,
      "Domain",
      ({ inputs }) => text(inputs["domainName"]),
      (domainName, other) => mistake("domainName", "DOMAIN_TWICE", { domainName, other }),
    ),
    ...twice(members, "CnameRecord", recordName, (name, other) =>
      mistake("rr", "RECORD_TWICE", { fqdn: name, other }),
    ),
    // Two components may each have a resource of one name: to Pulumi they are two, on the hosts they are one.
    ...["Certificate", "ServerGroup"].flatMap((kind) =>
      twice(
        members,
        kind,
        ({ place }) => place.name,
        () => mistake("", "ID_TWICE", { kind }),
      ),
    ),
    ...coverageFindings(members),
    ...handWrittenNames(members),
  ];
}

/** Two resources of one load balancer, or one zone, that would be one and the same there. */
function twice(
  members: readonly Member[],
  type: string,
  keyOf: (member: Member) => unknown,
  finding: (key: string, other: string) => MemberFinding["finding"],
): MemberFinding[] {
  const first = new Map<string, Member>();
  return members.flatMap((member) => {
    const key = keyOf(member);
    const placeKey = placeKeyOf(member);
    if (member.place.type !== type || placeKey === undefined) return [];
    if (typeof key !== "string" && typeof key !== "number") return [];
    const whole = JSON.stringify([placeKey, key]);
    const earlier = first.get(whole);
    if (earlier === undefined) first.set(whole, member);
    return earlier === undefined
      ? []
      : [{ member, finding: finding(String(key), `${type} ${earlier.place.name}`) }];
  });
}

/** A record whose value is the name of a load balancer, but did not come out of a listener. */
function handWrittenNames(members: readonly Member[]): MemberFinding[] {
  const balancers = members.filter(({ place }) => place.type === "LoadBalancer");
  const names = new Set(balancers.map(({ inputs }) => text(inputs["dnsName"])));
  return members
    .filter(({ place }) => place.type === "CnameRecord")
    .filter(({ given }) => {
      const value = given["value"];
      if (typeof value === "string") return names.has(normalize(value));
      if (!pulumi.Output.isInstance(value)) return false;
      const sources = [...sourcesOf(value)];
      return (
        sources.length > 0 && sources.every((source) => balancers.some(({ resource }) => resource === source))
      );
    })
    .map((member) => ({ member, finding: advice("value", "CNAME_UNVERIFIED", {}) }));
}
