import { defineErrors } from "./define";

/**
 * Records in a zone that others write too, on a DNS server that takes signed updates (RFC 2136), and zones for which
 * the whole internet asks the hosts themselves.
 */
export const zoneErrors = defineErrors({
  DNS_WAY_MISSING: {
    status: 400,
    problem: "does not say where the zone is served",
    remedy:
      "Give `embedded` with a `loadBalancer`, or `rfc2136` with `server`, `keyName` and the key's secret",
    cause: "One of the two ways has to be declared.",
  },
  DNS_WAY_TWICE: {
    status: 400,
    problem: "says twice where the zone is served",
    remedy: "Keep one of `embedded` and `rfc2136`",
    cause: "A zone is served by the load balancer's hosts, or by a DNS server of yours.",
  },
  VERIFICATION_NOT_MANUAL: {
    status: 400,
    problem: "is `manual`, but the zone is served by the load balancer's own hosts",
    remedy: "Leave it out: they publish the record themselves",
    cause:
      '`verificationMethod: "manual"` is for a zone of `rfc2136`, where a person may publish the record.',
  },
  NAME_OUTSIDE_ZONE: {
    status: 400,
    problem: "is {zone}, and {name} is not in it",
    remedy: "Give the zone that the name is in: `dig {name} SOA` says which",
    cause: "`zone`, or its default, and the name that is to be in it do not belong together.",
  },
  DNS_KEY_NOT_GIVEN: {
    status: 400,
    problem: "is missing, and so are `keySecretEnv` and `keySecretFile`",
    remedy: "Give the secret of the key in one of the three ways",
    cause: "Updates are signed with a key that the DNS server knows (RFC 8945).",
  },
  DNS_KEY_GIVEN_TWICE: {
    status: 400,
    problem: "gives the key's secret once more, beside `{first}`",
    remedy: "Keep one of `{first}` and `{second}`",
    cause: "The secret is given by value, by an environment variable or by a file.",
  },
  DNS_KEY_WEAK: {
    status: 400,
    problem: "is hmac-sha1, which new keys should not use",
    remedy: "Make a key with `tsig-keygen -a hmac-sha256` and give it to both sides",
    cause: "A warning: SHA-1 is kept for servers that have nothing better (RFC 8945 6).",
  },
  DNS_KEY_MISSING: {
    status: 400,
    problem: "the secret of the DNS key {name} is not here: {detail}",
    remedy: "Provide it, or set {variable} for this run",
    cause:
      "It was declared by a variable or a file that this machine does not have, or by another stack, whose secrets do not come along.",
  },
  RECORD_OWNED: {
    status: 409,
    problem: "{name} belongs to {owner}, not to {mine}",
    remedy: "Choose another name, remove it from the other program, or take it over with `adopt: true`",
    cause: "Two programs declare one name in one zone. The first that came has it.",
  },
  RECORD_FOREIGN: {
    status: 409,
    problem: "{name} is there already and was not made by this program: {seen}",
    remedy: "Remove it, choose another name, or take it over with `adopt: true`",
    cause: "A person or another tool made the record. What is not ours is left as it is.",
  },
  RECORD_IN_THE_WAY: {
    status: 409,
    problem: "{name} has records of other types ({types}), beside which this one cannot stand",
    remedy: "Remove these, or choose another name",
    cause:
      "A CNAME has no other records at its name (RFC 1034 3.6.2). Beside a load balancer's addresses anything else may stand.",
  },
  RECORD_CONTENDED: {
    status: 409,
    problem: "{name} was changed by somebody else each of the {tries} times that it was to be written",
    remedy: "Run `pulumi up` again when the other one has finished",
    cause: "Another program, or a server's own automation, writes the same name at the same time.",
  },
  ZONE_DELETE_FAILED: {
    status: 503,
    problem: "{objectId} could not be deleted from zone {zone}: {detail}",
    remedy:
      "Run the same command again once that is mended. If the zone is gone for good, set OFFLOAD_RELEASE_ZONES={zone} in the environment: its records are then left where they are",
    cause: "The zone's primary does not answer, or does not take the key any more.",
  },
  PUBLIC_DNS_UNDECLARED: {
    status: 400,
    problem: "is not true, and host {host} would answer DNS at {address}, where the whole internet can ask",
    remedy:
      "Set it to true if the parent zone shall lead there: docs/operating.md says what that takes. Otherwise give `dnsListen.addresses` that only your own networks reach",
    cause: "Nobody shall run a DNS server on the internet without meaning to.",
  },
  PUBLIC_DNS_HOSTS: {
    status: 400,
    problem:
      "has {count} Active, and a zone that the whole internet asks for needs {least} name servers (RFC 2182)",
    remedy: "Add a host, or take one out of Maintenance",
    cause:
      "With `dnsListen.public` each host is a name server. While one of several is in Maintenance it is only warned of.",
  },
  PUBLIC_DNS_PORT: {
    status: 400,
    problem: "is {port}, and resolvers ask name servers at port 53 alone",
    remedy: "Leave it out, or set `dnsListen.public` to false",
    cause: "NS records have no port (RFC 1035 4.2).",
  },
  NAME_SERVER_TWICE: {
    status: 400,
    problem: "would be a name server of the same name as host {other}",
    remedy: "Give it a name that differs in more than case, dots, hyphens and underscores",
    cause:
      "With `dnsListen.public` each host is a name server by its own name, in which all else than letters and digits becomes a hyphen.",
  },
  DELEGATION_DIFFERS: {
    status: 409,
    problem:
      "the zone {parent} sends resolvers for {zone} to {seen}, as {server} says, and should send them to {wanted}",
    remedy:
      "Put the records of the output `delegation` into {parent}, in place of those that are there for {zone} and its name servers; where {zone} is in an embedded Domain, delegate that one instead",
    cause:
      "A warning: the records were not put there yet, somebody changed them, or a host came, left or got another address.",
  },
});
