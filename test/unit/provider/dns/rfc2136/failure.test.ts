import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { OffloadError } from "tls-offload-agent/contract";
import type { Verdict } from "../../../../../provider/dns/rfc2136/answer";
import {
  mayHaveBeenMade,
  rcodeFailure,
  verdictFailure,
  type Errand,
} from "../../../../../provider/dns/rfc2136/failure";
import type { Primary } from "../../../../../provider/dns/rfc2136/primary";

const SECRET = "the secret that nobody may read";
const primary: Primary = {
  ...{ server: "ns1.example.com", port: 53, zone: "example.com", transport: "tcp" },
  key: { name: "deploy", algorithm: "hmac-sha512", secret: Buffer.from(SECRET) },
};
const errand: Errand = { primary, what: "the update of zone example.com" };
const SERVER = "the DNS server at ns1.example.com port 53";
const ERRAND = "the update of zone example.com";

test("what a server says that has no key to sign with is told in the same words, and that it is not signed", () => {
  for (const rcode of ["NOTAUTH", "NOTZONE", "REFUSED", "SERVFAIL", "FORMERR", "NOTIMP"]) {
    const signed = rcodeFailure(errand, rcode).message;
    expect(verdictFailure(errand, { kind: "unsigned", rcode }).message).toBe(
      signed.replace(`(${rcode})`, `(${rcode}, not signed)`),
    );
  }
  for (const rcode of ["NOERROR", "YXDOMAIN", "NXDOMAIN", "YXRRSET", "NXRRSET", "RCODE12"]) {
    expect(verdictFailure(errand, { kind: "unsigned", rcode })).toMatchObject({
      code: "TSIG_ANSWER_UNSIGNED",
    });
  }
});

describe("what a person reads when the primary says", () => {
  test.each([
    [
      "NOTAUTH",
      `${SERVER} is not the primary of zone example.com (NOTAUTH). Give \`server\` the zone's primary, ` +
        "or `zone` the zone that the name is in: `dig` with the name and SOA says which, and names its primary. (DNS_ZONE_NOT_SERVED)",
    ],
    [
      "NOTZONE",
      `${SERVER} finds a name in ${ERRAND} that is not in zone example.com (NOTZONE). Give \`zone\` the zone that the ` +
        "name is in: `dig` with the name and SOA says which. (DNS_NAME_OUTSIDE_ZONE)",
    ],
    [
      "REFUSED",
      `${SERVER} refuses ${ERRAND} (REFUSED). Look whether it has zone example.com, and allow it to the key deploy: in BIND by ` +
        "the zone's `update-policy` or `allow-update`, in Knot by an `acl` with `action: update`. Reading takes `allow-query`. " +
        "(DNS_PRIMARY_REFUSES)",
    ],
    [
      "SERVFAIL",
      `${SERVER} could not do ${ERRAND} (SERVFAIL). Look at the server's log: it may not be able to write the zone's ` +
        "file or journal, or has not loaded the zone. (DNS_PRIMARY_FAILED)",
    ],
    [
      "FORMERR",
      `${SERVER} does not understand ${ERRAND} (FORMERR). Look at the server's log. If it is a current BIND or Knot, ` +
        "report this as a mistake in the provider. (DNS_FORM_REFUSED)",
    ],
    [
      "NOTIMP",
      `${SERVER} does not do such a thing as ${ERRAND} (NOTIMP). Use a primary that takes dynamic updates, for ` +
        "instance BIND or Knot. (DNS_UPDATES_NOT_IMPLEMENTED)",
    ],
    ["RCODE12", `${SERVER} answers ${ERRAND} with RCODE12. Look at the server's log. (DNS_RCODE_UNEXPECTED)`],
  ])("%s", (rcode, message) => {
    expect(rcodeFailure(errand, rcode).message).toBe(message);
  });

  test.each<[string, Exclude<Verdict, { kind: "answer" }>, string]>([
    [
      "BADKEY",
      { kind: "refused", refusal: { error: "BADKEY" } },
      `${SERVER} takes no key deploy with hmac-sha512 (BADKEY). Give the server this key, in Knot to an \`acl\` of the zone as ` +
        "well, or correct `keyName` and `keyAlgorithm`: both are part of a key. (TSIG_KEY_UNKNOWN)",
    ],
    [
      "BADSIG",
      { kind: "refused", refusal: { error: "BADSIG" } },
      `${SERVER} has another secret for the key deploy (BADSIG). Give \`keySecret\` the secret that stands in the ` +
        "server's configuration. Refresh and destroy, which go by the last `up`, take it from " +
        "OFFLOAD_DNS_KEY_SECRET_DEPLOY in the environment. (TSIG_SIGNATURE_REFUSED)",
    ],
    [
      "BADTIME, its clock being fast",
      { kind: "refused", refusal: { error: "BADTIME", aheadSeconds: 601 } },
      `the clock of ${SERVER} is 601 s ahead of the clock of this machine, and signatures are taken within 300 s ` +
        "(BADTIME). Set the wrong one, and keep both by NTP. (TSIG_CLOCKS_APART)",
    ],
    [
      "BADTIME, its clock being slow",
      { kind: "refused", refusal: { error: "BADTIME", aheadSeconds: -601 } },
      `the clock of this machine is 601 s ahead of the clock of ${SERVER}, and signatures are taken within 300 s ` +
        "(BADTIME). Set the wrong one, and keep both by NTP. (TSIG_CLOCKS_APART)",
    ],
    [
      "BADTRUNC",
      { kind: "refused", refusal: { error: "BADTRUNC" } },
      `${SERVER} takes the signature with the key deploy for one cut short (BADTRUNC). Look at the server's log. ` +
        "Signatures are sent whole, so the message was changed on its way. (TSIG_TRUNCATION_REFUSED)",
    ],
    [
      "something without a signature",
      { kind: "unsigned", rcode: "NOERROR" },
      `${SERVER} answers ${ERRAND} with NOERROR and without a signature. Look whether the zone's primary listens there ` +
        "and takes updates signed with the key deploy; then run `pulumi up` again. (TSIG_ANSWER_UNSIGNED)",
    ],
    [
      "something that the key did not sign",
      { kind: "invalid", detail: "its MAC has 10 bytes" },
      `the answer of ${SERVER} to ${ERRAND} is not signed as the key deploy signs: its MAC has 10 bytes. Look what ` +
        "stands between this machine and the server, then run `pulumi up` again. (TSIG_ANSWER_INVALID)",
    ],
    [
      "something else altogether",
      { kind: "foreign", detail: "it has another id" },
      `what ${SERVER} sent is no answer to ${ERRAND}: it has another id. Look what listens there, or stands in ` +
        "between, then run `pulumi up` again. (DNS_ANSWER_FOREIGN)",
    ],
  ])("%s", (_, verdict, message) => {
    expect(verdictFailure(errand, verdict).message).toBe(message);
  });
});

test("the secret is in no error, nor in what hangs on it", () => {
  for (const error of ["BADKEY", "BADSIG", "BADTRUNC"] as const) {
    const failure = verdictFailure(errand, { kind: "refused", refusal: { error } });
    expect(inspect(failure, { depth: null, showHidden: true })).not.toContain(SECRET);
  }
});

test("a change counts as perhaps made only where nobody heard what the primary said of it", () => {
  const unheard: readonly Exclude<Verdict, { kind: "answer" }>[] = [
    { kind: "foreign", detail: "" },
    { kind: "unsigned", rcode: "NOERROR" },
    { kind: "invalid", detail: "" },
  ];
  expect(unheard.map((verdict) => mayHaveBeenMade(verdictFailure(errand, verdict)))).toEqual([
    true,
    true,
    true,
  ]);
  const parameters = { server: "", what: "", detail: "" };
  expect(mayHaveBeenMade(new OffloadError("DNS_UPDATE_UNANSWERED", "", parameters))).toBe(true);
  expect(mayHaveBeenMade(rcodeFailure(errand, "REFUSED"))).toBe(false);
  const refused = verdictFailure(errand, { kind: "refused", refusal: { error: "BADKEY" } });
  expect(mayHaveBeenMade(refused)).toBe(false);
  expect(mayHaveBeenMade(new Error("DNS_UPDATE_UNANSWERED"))).toBe(false);
});
