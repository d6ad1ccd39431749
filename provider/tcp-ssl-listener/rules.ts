import { getCiphers } from "node:tls";
import { alpnPolicy, SECURITY_POLICIES } from "tls-offload-agent/contract";
import type { Declaration, Unchecked } from "../resource/definition";
import { advice, mistake, type Finding } from "../resource/finding";
import { list, properties, text } from "../resource/known";

export const tcpSslListenerRules: Declaration["rules"] = (inputs) => [
  ...alpnFindings(inputs),
  ...cipherFindings(text(inputs["securityPolicyId"])),
  ...referenceFindings(inputs),
];

function alpnFindings({ alpnEnabled, alpnPolicy: policy }: Unchecked): Finding[] {
  if (alpnEnabled === true && policy === undefined)
    return [mistake("alpnPolicy", "ALPN_POLICY_MISSING", { known: alpnPolicy.options.join(", ") })];
  return alpnEnabled === false && policy !== undefined
    ? [mistake("alpnPolicy", "ALPN_POLICY_UNUSED", {})]
    : [];
}

/** By this machine's OpenSSL, which for a local host is that of the agent too. */
function cipherFindings(policyId: string | undefined): Finding[] {
  const policy = Object.values(SECURITY_POLICIES).find(({ id }) => id === policyId);
  if (policy === undefined) return [];
  const available = new Set(getCiphers());
  const ciphers = policy.ciphers.filter((name) => !available.has(name.toLowerCase()));
  // TLS 1.3's CCM suites are off by default, and so not listed, but work when they are named.
  const missing = ciphers.filter((name) => !name.startsWith("TLS_"));
  return missing.length === 0
    ? []
    : [advice("securityPolicyId", "POLICY_CIPHER_UNAVAILABLE", { ciphers: missing.join(", ") })];
}

/** Only within one load balancer, and only of the right kind: `certificate.id`, not its name. */
function referenceFindings(inputs: Unchecked): Finding[] {
  const base = text(properties(properties(inputs["__offload"])["target"])["loadBalancerId"]);
  if (base === undefined) return [];
  const wrong = (value: unknown, path: string, kind: string, part: string): Finding[] => {
    const id = text(value);
    return id === undefined || id.startsWith(`${base}/${part}/`)
      ? []
      : [mistake(path, "REFERENCE_KIND", { kind })];
  };
  const certificates = ["certificateIds", "additionalCertificateIds"].flatMap((property) =>
    list(inputs[property]).flatMap((id, index) =>
      wrong(id, `${property}[${index}]`, "certificate", "certificate"),
    ),
  );
  return [
    ...certificates,
    ...wrong(inputs["serverGroupId"], "serverGroupId", "server group", "server-group"),
  ];
}
