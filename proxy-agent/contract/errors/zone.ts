import { defineErrors } from "./define";

/** Records in a zone that others write too, on a DNS server that takes signed updates (RFC 2136). */
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
    remedy: "Provide it, or set OFFLOAD_DNS_KEY_SECRET for this run",
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
      "A CNAME has no other records at its name (RFC 1034 3.6.2), and a load balancer's name has its own alone.",
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
});
