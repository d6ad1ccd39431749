import { describe, expect, it } from "vitest";
import { domainDeclaration } from "../../../../provider/domain/declaration";
import { loadBalancerDeclaration } from "../../../../provider/load-balancer/declaration";
import { review } from "../../../../provider/resource/check";
import type { Declaration } from "../../../../provider/resource/definition";
import { UNKNOWN } from "../../../../provider/resource/unknowns";
import { CORRECT, HIDDEN, HIDDEN_ZONE, RFC2136 } from "../declared";

const { keySecret, ...WITHOUT_KEY } = RFC2136;

/** What a person is told of a Domain's and of a LoadBalancer's zone, by severity. */
const PLACES: [string, (rfc2136: object) => string[]][] = [
  ["Domain", (rfc2136) => domain({ dns: { rfc2136 } })],
  ["LoadBalancer", (rfc2136) => balancer({ dns: { rfc2136 } })],
];

describe.each(PLACES)(
  "a mistake in the zone of a %s is told at preview, with what would be right",
  (_, said) => {
    const zone = (changes: object): string[] => said({ ...RFC2136, ...changes });

    it("and a zone that is right is taken, by each of the three ways to its key", () => {
      expect(zone({})).toEqual([]);
      expect(said({ ...WITHOUT_KEY, keySecretEnv: "SHOP_DNS_KEY" })).toEqual([]);
      expect(said({ ...WITHOUT_KEY, keySecretFile: "~/keys/dns" })).toEqual([]);
      expect(said({ server: "ns1.example.test", keyName: "a.key_of/shop.", keySecretEnv: "K" })).toEqual([]);
    });

    it.each([
      [
        { keySecret: undefined },
        "keySecret: is missing, and so are `keySecretEnv` and `keySecretFile`. Give the secret of the key in one of the three ways. (DNS_KEY_NOT_GIVEN)",
      ],
      [
        { keySecretEnv: "SHOP_DNS_KEY" },
        "keySecretEnv: gives the key's secret once more, beside `keySecret`. Keep one of `keySecret` and `keySecretEnv`. (DNS_KEY_GIVEN_TWICE)",
      ],
      [
        { keySecret: undefined, keySecretEnv: "SHOP_DNS_KEY", keySecretFile: "key" },
        "keySecretFile: gives the key's secret once more, beside `keySecretEnv`. Keep one of `keySecretEnv` and `keySecretFile`. (DNS_KEY_GIVEN_TWICE)",
      ],
      [
        { keySecret: "not base64!" },
        "keySecret: the secret holds a character that Base64 does not have there. Give the Base64 text alone: what `tsig-keygen` (BIND) or `keymgr -t` (Knot) prints after `secret`, without the rest of the key's block. (TSIG_SECRET_MALFORMED)",
      ],
      [
        { zone: "sub.example.org" },
        "zone: is sub.example.org, and {name} is not in it. Give the zone that the name is in: `dig {name} SOA` says which. (NAME_OUTSIDE_ZONE)",
      ],
      [
        { zone: "ample.test" },
        "zone: is ample.test, and {name} is not in it. Give the zone that the name is in: `dig {name} SOA` says which. (NAME_OUTSIDE_ZONE)",
      ],
      [
        { zone: "exa mple.test" },
        'zone: the name holds the label "exa mple": letters, digits and "-" inside are allowed. Give a domain name such as example.com. (DOMAIN_INVALID)',
      ],
      [
        { keyName: "a..b" },
        "keyName: has a value that is not allowed. Give the key's name as the server knows it, such as offload-key. (INPUT_VALUE)",
      ],
      [
        { keyAlgorithm: "hmac-md5" },
        "keyAlgorithm: has a value that is not allowed. Give one of hmac-sha256, hmac-sha224, hmac-sha384, hmac-sha512, hmac-sha1. (INPUT_VALUE)",
      ],
      [
        { port: 0 },
        "port: has a value that is not allowed. Give a whole number from 1 to 65535. (INPUT_VALUE)",
      ],
      [
        { server: "192.0.2.53:53" },
        "server: has a value that is not allowed. Give a name or IP address alone; user and port have properties of their own. (INPUT_VALUE)",
      ],
    ])("%j", (changes, message) => {
      const name = said === PLACES[0]?.[1] ? "example.test" : "web.lb.example.test";
      expect(zone(changes)).toEqual([`error dns.rfc2136.${message.replaceAll("{name}", name)}`]);
    });

    it("or a weak key, which is taken and warned of", () => {
      expect(zone({ keyAlgorithm: "hmac-sha1" })).toEqual([
        "at preview dns.rfc2136.keyAlgorithm: is hmac-sha1, which new keys should not use. Make a key with `tsig-keygen -a hmac-sha256` and give it to both sides. (DNS_KEY_WEAK)",
      ]);
      expect(zone({ keySecret: "c2hvcnQ=" })).toEqual([
        "warning dns.rfc2136.keySecret: the secret has 5 bytes, fewer than 16, and might be guessed. Make a new one with `tsig-keygen` (BIND) or `keymgr -t` (Knot), and give it to both sides. (TSIG_SECRET_SHORT)",
      ]);
    });

    it("and no secret is in any message", () => {
      const marked = `${keySecret.slice(0, 16)}!`;
      const elsewhere = [
        ...["server", "keyAlgorithm", "transport", "port"].map((name) => ({ [name]: marked })),
        ...["keySecretEnv", "keySecretFile"].map((name) => ({ keySecret: undefined, [name]: [marked] })),
        { keySecret: undefined, keySecretEnv: marked },
        { keySecret: marked },
        { keySecret: { value: marked } },
      ];
      for (const changes of elsewhere) {
        const messages = zone(changes);
        expect(messages).not.toEqual([]);
        expect(messages.join("\n")).not.toContain(marked);
      }
    });

    it("and nothing is called one that is not known yet", () => {
      expect(said({ ...WITHOUT_KEY, keySecretFile: UNKNOWN })).toEqual([]);
      for (const name of Object.keys(RFC2136)) expect(zone({ [name]: UNKNOWN })).toEqual([]);
    });
  },
);

describe("where a domain's zone is served", () => {
  const { embedded } = CORRECT.domain.dns;

  it.each<[object, string]>([
    [
      { dns: {} },
      "dns: does not say where the zone is served. Give `embedded` with a `loadBalancer`, or `rfc2136` with `server`, `keyName` and the key's secret. (DNS_WAY_MISSING)",
    ],
    [
      { dns: { embedded, rfc2136: RFC2136 } },
      "dns: says twice where the zone is served. Keep one of `embedded` and `rfc2136`. (DNS_WAY_TWICE)",
    ],
    [
      { dns: { embedded }, verificationMethod: "manual" },
      "verificationMethod: is `manual`, but the zone is served by the load balancer's own hosts. Leave it out: they publish the record themselves. (VERIFICATION_NOT_MANUAL)",
    ],
  ])("%j", (changes, message) => {
    expect(domain(changes, HIDDEN)).toEqual([`error ${message}`]);
  });

  it("may be above the domain", () => {
    const dns = { rfc2136: { ...RFC2136, zone: "Example.TEST." } };
    expect(domain({ dns, domainName: "shop.example.test" })).toEqual([]);
  });

  it("is not called missing while it is not known", () => {
    for (const dns of [UNKNOWN, { embedded: UNKNOWN }, { rfc2136: UNKNOWN }])
      expect(domain({ dns }, HIDDEN)).toEqual([]);
  });
});

it("a load balancer whose zone is not described is told how to", () => {
  expect(balancer({ dns: {} })).toEqual([
    "error dns.rfc2136: is missing. Give an object with `server`, `keyName` and the key's secret. (INPUT_MISSING)",
  ]);
  expect(balancer({ dns: UNKNOWN })).toEqual([]);
});

function domain(changes: object, hidden: object = HIDDEN_ZONE): string[] {
  const { domainName } = CORRECT.domain;
  return findings(domainDeclaration, { domainName, ...changes, __offload: hidden });
}

function balancer(changes: object): string[] {
  return findings(loadBalancerDeclaration, { ...CORRECT.loadBalancer, ...changes, __offload: HIDDEN });
}

function findings(declaration: Declaration, inputs: Readonly<Record<string, unknown>>): string[] {
  const reviewed = review(declaration, inputs, { olds: null, now: new Date() });
  return reviewed.findings.map(({ severity, text }) => `${severity} ${text()}`);
}
