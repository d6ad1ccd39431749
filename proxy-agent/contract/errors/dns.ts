import { defineErrors } from "./define";

/**
 * What goes wrong between the provider and the primary of a zone that takes signed updates (RFC 2136, RFC 8945).
 * {server} is address or name and port, {what} "the update of zone example.com", {rcode} a response code, {key} a key's
 * name; nothing holds its secret.
 */
export const dnsErrors = defineErrors({
  DNS_PRIMARY_NAME_UNKNOWN: {
    status: 502,
    problem: "the name of the DNS server {server} leads to no address: {detail}",
    remedy: "Correct `server`, give its IP address instead, or mend the resolver of this machine",
    cause: "The name is misspelt, or the machine that runs Pulumi cannot resolve it.",
  },
  DNS_PRIMARY_UNREACHABLE: {
    status: 503,
    problem: "no connection to the DNS server at {server}: {detail}",
    remedy:
      "Look whether it runs and listens there, over TCP too, and no firewall is in between. Nothing was changed",
    cause:
      "The server is down, has another port, or cannot be reached from where Pulumi runs. Updates go over TCP, or come back to it.",
  },
  DNS_PRIMARY_SILENT: {
    status: 504,
    problem: "the DNS server at {server} did not answer {what}: {detail}",
    remedy: "Look at the server's log and load, and run the same command again. Nothing was changed",
    cause: "The server hangs, was restarted meanwhile, or is too slow.",
  },
  DNS_UPDATE_UNANSWERED: {
    status: 504,
    problem: "the DNS server at {server} was sent {what} and did not say what became of it: {detail}",
    remedy:
      "Run `pulumi up` again: it looks at what the zone has now, and goes on from there. If it stays, look at the server's log",
    cause: "The answer was lost or came too late. The server may have made the change, or not.",
  },
  DNS_ANSWER_FOREIGN: {
    status: 502,
    problem: "what the DNS server at {server} sent is no answer to {what}: {detail}",
    remedy: "Look what listens there, or stands in between, then run `pulumi up` again",
    cause: "Something else than a DNS server has the port, or somebody answers in its place.",
  },
  DNS_ZONE_NOT_SERVED: {
    status: 409,
    problem: "the DNS server at {server} is not the primary of zone {zone} ({rcode})",
    remedy:
      "Give `server` the zone's primary, or `zone` the zone that the name is in: `dig` with the name and SOA says which, and names its primary",
    cause: "The zone is not configured there, or the server is a secondary, which takes no updates.",
  },
  DNS_NAME_OUTSIDE_ZONE: {
    status: 409,
    problem: "the DNS server at {server} finds a name in {what} that is not in zone {zone} ({rcode})",
    remedy: "Give `zone` the zone that the name is in: `dig` with the name and SOA says which",
    cause: "`zone` and the record's domain do not belong together.",
  },
  DNS_PRIMARY_REFUSES: {
    status: 403,
    problem: "the DNS server at {server} refuses {what} ({rcode})",
    remedy:
      "Look whether it has zone {zone}, and allow it to the key {key}: in BIND by the zone's `update-policy` or `allow-update`, in Knot by an `acl` with `action: update`. Reading takes `allow-query`",
    cause:
      "The server does not have the zone (BIND and Knot refuse questions for such), or it knows the key and does not let it do this.",
  },
  DNS_NAME_DELEGATED: {
    status: 409,
    problem: "the DNS server at {server} does not answer for {name} with authority: zone {zone} delegates it",
    remedy:
      "Declare the zone and the primary that the name is in: `dig` with the name and SOA says which. Or remove the NS records above the name",
    cause:
      "A primary takes records below the NS records of a delegation, and nobody gets to see them (RFC 2136 7.18). Or the server is not the zone's primary.",
  },
  DNS_PRIMARY_FAILED: {
    status: 502,
    problem: "the DNS server at {server} could not do {what} ({rcode})",
    remedy:
      "Look at the server's log: it may not be able to write the zone's file or journal, or has not loaded the zone",
    cause: "The server met a trouble of its own. Nothing was changed.",
  },
  DNS_FORM_REFUSED: {
    status: 502,
    problem: "the DNS server at {server} does not understand {what} ({rcode})",
    remedy:
      "Look at the server's log. If it is a current BIND or Knot, report this as a mistake in the provider",
    cause: "The server does not implement RFC 2136 and RFC 8945 fully, or the provider made a bad message.",
  },
  DNS_UPDATES_NOT_IMPLEMENTED: {
    status: 501,
    problem: "the DNS server at {server} does not do such a thing as {what} ({rcode})",
    remedy: "Use a primary that takes dynamic updates, for instance BIND or Knot",
    cause: "The server has no dynamic updates (RFC 2136), or they are switched off.",
  },
  DNS_RCODE_UNEXPECTED: {
    status: 502,
    problem: "the DNS server at {server} answers {what} with {rcode}",
    remedy: "Look at the server's log",
    cause: "The server gives a response code that has no meaning for such a request.",
  },
  TSIG_KEY_UNKNOWN: {
    status: 403,
    problem: "the DNS server at {server} takes no key {key} with {algorithm} (BADKEY)",
    remedy:
      "Give the server this key, in Knot to an `acl` of the zone as well, or correct `keyName` and `keyAlgorithm`: both are part of a key",
    cause:
      "The key's name is misspelt, its algorithm is another one, or the server never got it. Knot says the same of a key that no `acl` of the zone names.",
  },
  TSIG_SIGNATURE_REFUSED: {
    status: 403,
    problem: "the DNS server at {server} has another secret for the key {key} (BADSIG)",
    remedy:
      "Give `keySecret` the secret that stands in the server's configuration. Refresh and destroy, which go by the last `up`, take it from {variable} in the environment",
    cause: "The secret is that of another key, or one side was given a new one.",
  },
  TSIG_CLOCKS_APART: {
    status: 403,
    problem:
      "the clock of {ahead} is {seconds} s ahead of the clock of {behind}, and signatures are taken within {most} s (BADTIME)",
    remedy: "Set the wrong one, and keep both by NTP",
    cause:
      "One of the two clocks is wrong. A signature holds its time, so that it cannot be sent again later.",
  },
  TSIG_TRUNCATION_REFUSED: {
    status: 403,
    problem: "the DNS server at {server} takes the signature with the key {key} for one cut short (BADTRUNC)",
    remedy: "Look at the server's log. Signatures are sent whole, so the message was changed on its way",
    cause: "Something between the provider and the server rewrites DNS messages.",
  },
  TSIG_ANSWER_UNSIGNED: {
    status: 502,
    problem: "the DNS server at {server} answers {what} with {rcode} and without a signature",
    remedy:
      "Look whether the zone's primary listens there and takes updates signed with the key {key}; then run `pulumi up` again",
    cause:
      "A server answers that knows nothing of keys, or somebody in the primary's place. Nobody can tell from such an answer what the primary did.",
  },
  TSIG_ANSWER_INVALID: {
    status: 502,
    problem:
      "the answer of the DNS server at {server} to {what} is not signed as the key {key} signs: {detail}",
    remedy: "Look what stands between this machine and the server, then run `pulumi up` again",
    cause: "The answer was changed on its way, belongs to another request, or somebody forged it.",
  },
  TSIG_SECRET_MALFORMED: {
    status: 400,
    problem: "the secret {detail}",
    remedy:
      "Give the Base64 text alone: what `tsig-keygen` (BIND) or `keymgr -t` (Knot) prints after `secret`, without the rest of the key's block",
    cause: "The text was cut or changed when it was copied, or is another kind of secret.",
  },
  TSIG_SECRET_SHORT: {
    status: 400,
    problem: "the secret has {bytes} bytes, fewer than {recommended}, and might be guessed",
    remedy: "Make a new one with `tsig-keygen` (BIND) or `keymgr -t` (Knot), and give it to both sides",
    cause: "A warning: who guesses the secret can write into the zone.",
  },
});
