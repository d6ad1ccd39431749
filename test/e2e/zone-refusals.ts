import type { DomainArgs } from "pulumi-tls-offload";
import { newKey } from "../support/dns";
import { freePort } from "../support/free-port";
import type { ZoneProject, ZoneSite, ZoneWay } from "./zone-site";

/** More of the program, and what a person reads of it. */
export interface Refused {
  readonly more: Pick<ZoneSite, "domains" | "records" | "balancers">;
  readonly messages: readonly string[];
}

/** A Domain by its resource's name, and what is said of it. */
type Saying = readonly [name: string, domain: DomainArgs, message: string];

const IN_BASE64 =
  "Give the Base64 text alone: what `tsig-keygen` (BIND) or `keymgr -t` (Knot) prints after `secret`, without the rest of the key's block.";

/** What a preview finds without asking any server. */
export function mistakes({ site }: ZoneProject): Refused {
  const { keySecret, ...keyless } = site.zones.bind;
  const of = (changes: object, domainName = "shop.example.test"): DomainArgs => ({
    domainName,
    dns: { rfc2136: { ...keyless, ...changes } },
  });
  const sayings: readonly Saying[] = [
    [
      "nowhere",
      { domainName: "example.test", dns: {} as DomainArgs["dns"] },
      "Domain nowhere: dns: does not say where the zone is served. Give `embedded` with a `loadBalancer`, or `rfc2136` with `server`, `keyName` and the key's secret. (DNS_WAY_MISSING)",
    ],
    [
      "keyless",
      of({}),
      "Domain keyless: dns.rfc2136.keySecret: is missing, and so are `keySecretEnv` and `keySecretFile`. Give the secret of the key in one of the three ways. (DNS_KEY_NOT_GIVEN)",
    ],
    [
      "twice",
      of({ keySecret, keySecretEnv: "DNS_KEY" }),
      "Domain twice: dns.rfc2136.keySecretEnv: gives the key's secret once more, beside `keySecret`. Keep one of `keySecret` and `keySecretEnv`. (DNS_KEY_GIVEN_TWICE)",
    ],
    [
      "outside",
      of({ keySecret }, "example.org"),
      "Domain outside: dns.rfc2136.zone: is example.test, and example.org is not in it. Give the zone that the name is in: `dig example.org SOA` says which. (NAME_OUTSIDE_ZONE)",
    ],
    [
      "mangled",
      of({ keySecret: `${keySecret.slice(0, 20)}!` }),
      `Domain mangled: dns.rfc2136.keySecret: the secret holds a character that Base64 does not have there. ${IN_BASE64} (TSIG_SECRET_MALFORMED)`,
    ],
    [
      "short",
      of({ keySecret: newKey("short").secret.slice(0, 16) }),
      "Domain short: dns.rfc2136.keySecret: the secret has 12 bytes, fewer than 16, and might be guessed.",
    ],
    [
      "weak",
      of({ keySecret, keyAlgorithm: "hmac-sha1" }),
      "Domain weak: dns.rfc2136.keyAlgorithm: is hmac-sha1, which new keys should not use.",
    ],
  ];
  return { more: { ...domainsOf(sayings), records: {}, balancers: {} }, messages: messagesOf(sayings) };
}

/** What the servers refuse, and what is somebody else's there. */
export async function refusals(on: ZoneProject): Promise<Refused> {
  const sayings = [...keysRefused(on), ...(await serversAway(on))];
  const records = [on.bind, on.knot].flatMap(({ kind, zone }) =>
    ["taken", "full", "owned"].map((rr) => [`${kind}-${rr}`, { domainName: zone, rr }] as const),
  );
  const balancers = { second: "full.example.test" };
  return {
    more: { ...domainsOf(sayings), records: Object.fromEntries(records), balancers },
    messages: [
      ...messagesOf(sayings),
      "full.example.test is there already and was not made by this program: A 192.0.2.1. Remove it, choose another name, or take it over with `adopt: true`. (RECORD_FOREIGN)",
      ...[on.bind, on.knot].flatMap(({ kind, zone }) => [
        `taken.${zone} is there already and was not made by this program: CNAME elsewhere.example.net. Remove it, choose another name, or take it over with \`adopt: true\`. (RECORD_FOREIGN)`,
        `full.${zone} has records of other types (A), beside which this one cannot stand. Remove these, or choose another name. (RECORD_IN_THE_WAY)`,
        `owned.${zone} belongs to shop/live/CnameRecord/www, not to e2e/test/CnameRecord/${kind}-owned. Choose another name, remove it from the other program, or take it over with \`adopt: true\`. (RECORD_OWNED)`,
      ]),
    ],
  };
}

function keysRefused({ site, bind, knot, reader }: ZoneProject): Saying[] {
  const { zones } = site;
  const keySecret = newKey(bind.key.name).secret;
  const unknown =
    "(BADKEY). Give the server this key, in Knot to an `acl` of the zone as well, or correct `keyName` and `keyAlgorithm`: both are part of a key. (TSIG_KEY_UNKNOWN)";
  const ofEither = [bind, knot].flatMap(({ kind, port }): Saying[] => {
    const server = `the DNS server at 127.0.0.1 port ${port}`;
    return [
      [
        `${kind}-secret`,
        below(zones[kind], "secret", { keySecret }),
        `${server} has another secret for the key offload-test (BADSIG). Give \`keySecret\` the secret that stands in the server's configuration. Refresh and destroy, which go by the last \`up\`, take it from OFFLOAD_DNS_KEY_SECRET_OFFLOAD_TEST in the environment. (TSIG_SIGNATURE_REFUSED)`,
      ],
      [
        `${kind}-name`,
        below(zones[kind], "name", { keyName: "nobody" }),
        `${server} takes no key nobody with hmac-sha256 ${unknown}`,
      ],
      [
        `${kind}-algorithm`,
        below(zones[kind], "algorithm", { keyAlgorithm: "hmac-sha512" }),
        `${server} takes no key offload-test with hmac-sha512 ${unknown}`,
      ],
    ];
  });
  return [
    ...ofEither,
    [
      "reader",
      below(zones.bind, "reader", { keyName: reader.name, keySecret: reader.secret }),
      `refuses the update of zone example.test (REFUSED). Look whether it has zone example.test, and allow it to the key reader: in BIND by the zone's \`update-policy\` or \`allow-update\``,
    ],
    [
      "variable",
      below(zones.bind, "variable", { keySecret: undefined, keySecretEnv: "OFFLOAD_TEST_NO_KEY" }),
      "the secret of the DNS key offload-test is not here: the environment variable that `keySecretEnv` names is not set. Provide it, or set OFFLOAD_DNS_KEY_SECRET_OFFLOAD_TEST for this run. (DNS_KEY_MISSING)",
    ],
    [
      "file",
      below(zones.bind, "file", { keySecret: undefined, keySecretFile: "/nonexistent/key" }),
      "the secret of the DNS key offload-test is not here: the file that `keySecretFile` names cannot be read: there is no such file. Provide it, or set OFFLOAD_DNS_KEY_SECRET_OFFLOAD_TEST for this run. (DNS_KEY_MISSING)",
    ],
  ];
}

async function serversAway({ site, bind, knot }: ZoneProject): Promise<Saying[]> {
  const unused = await freePort();
  const ofEither = [bind, knot].map(({ kind }): Saying => {
    const zone = `not-at-${kind}.test`;
    return [
      `${kind}-zone`,
      { domainName: zone, dns: { rfc2136: { ...site.zones[kind], zone } } },
      `Look whether it has zone ${zone}, and allow it to the key offload-test`,
    ];
  });
  return [
    ...ofEither,
    [
      "down",
      below(site.zones.bind, "down", { port: unused }),
      `no connection to the DNS server at 127.0.0.1 port ${unused}: connect ECONNREFUSED 127.0.0.1:${unused}. Look whether it runs and listens there, over TCP too, and no firewall is in between. Nothing was changed. (DNS_PRIMARY_UNREACHABLE)`,
    ],
    [
      "manual",
      { ...below(site.zones.knot, "manual", {}), verificationMethod: "manual", timeoutSeconds: 5 },
      `manual.shop.test is not verified: 127.0.0.1 port ${knot.port} has no TXT record _offload-challenge.manual.shop.test with the value "offload-verification=`,
    ],
  ];
}

/** A domain in the zone, so that each of them is another one. */
function below(way: ZoneWay, label: string, changes: object): DomainArgs {
  return { domainName: `${label}.${way.zone}`, dns: { rfc2136: { ...way, ...changes } } };
}

function domainsOf(sayings: readonly Saying[]): Pick<ZoneSite, "domains"> {
  return { domains: Object.fromEntries(sayings.map(([name, domain]) => [name, domain])) };
}

function messagesOf(sayings: readonly Saying[]): string[] {
  return sayings.map(([, , message]) => message);
}
