import { describe, expect, it } from "vitest";
import { tcpSslListenerDeclaration } from "../../../../provider/tcp-ssl-listener/declaration";
import { checked, CORRECT } from "../declared";

const listener = (changes: object): ReturnType<typeof checked> =>
  checked(tcpSslListenerDeclaration, { ...CORRECT.tcpSslListener, ...changes });

describe("a listener's mistakes, as a person reads them", () => {
  it("lets a correct one through with its defaults", () => {
    const { inputs, reasons, advice } = listener({});
    expect([...reasons, ...advice]).toEqual([]);
    expect(inputs).toMatchObject({ idleTimeout: 900, cps: 0, status: "Running" });
  });

  it.each([
    [
      { securityPolicyId: "tls_cipher_policy_2" },
      "securityPolicyId: is not a TLS security policy that exists. Give one of tls_cipher_policy_1_0, tls_cipher_policy_1_1, tls_cipher_policy_1_2, tls_cipher_policy_1_2_strict, tls_cipher_policy_1_2_strict_with_1_3. (POLICY_UNKNOWN)",
    ],
    [
      { securityPolicyId: undefined },
      "securityPolicyId: is missing. Give one of tls_cipher_policy_1_0, tls_cipher_policy_1_1, tls_cipher_policy_1_2, tls_cipher_policy_1_2_strict, tls_cipher_policy_1_2_strict_with_1_3. (INPUT_MISSING)",
    ],
    [
      { idleTimeout: 0 },
      "idleTimeout: has a value that is not allowed. Give a whole number from 1 to 900 seconds. (INPUT_VALUE)",
    ],
    [
      { listenerPort: 65_536 },
      "listenerPort: has a value that is not allowed. Give a whole number from 1 to 65535. (INPUT_VALUE)",
    ],
    [
      { startPort: 1 },
      "startPort: belongs to listeners of another protocol. Leave it out; a TcpSslListener is always TCPSSL, with one port. (OTHER_PROTOCOL)",
    ],
    [
      { alpnEnabled: true },
      "alpnPolicy: is missing, and alpnEnabled is true. Give one of HTTP1Only, HTTP2Only, HTTP2Optional, HTTP2Preferred, or leave alpnEnabled out. (ALPN_POLICY_MISSING)",
    ],
    [
      { alpnPolicy: "HTTP2Only" },
      "alpnPolicy: is given, but alpnEnabled is not true. Set alpnEnabled to true, or leave alpnPolicy out. (ALPN_POLICY_UNUSED)",
    ],
    [
      { caEnabled: true },
      "caEnabled: the data plane `builtin` cannot do this: asking clients for certificates. Leave it out, or give false. (CAPABILITY_MISSING)",
    ],
    [
      { proxyProtocolEnabled: true },
      "proxyProtocolEnabled: the data plane `builtin` cannot do this: sending PROXY headers. Leave it out, or give false. (CAPABILITY_MISSING)",
    ],
    [
      { certificateIds: [] },
      "certificateIds: has a value that is not allowed. Give a list of exactly one certificate's id. (INPUT_VALUE)",
    ],
    [
      { serverGroupId: "shop-dev-web/certificate/www" },
      "serverGroupId: is not the id of a server group of this load balancer. Use the `id` output of a server group that is declared with the same loadBalancer. (REFERENCE_KIND)",
    ],
    [
      { certificateIds: ["www"] },
      "certificateIds[0]: is not the id of a certificate of this load balancer. Use the `id` output of a certificate that is declared with the same loadBalancer. (REFERENCE_KIND)",
    ],
  ])("says of %j what would be right", (changes, message) => {
    expect(listener(changes).reasons).toEqual([message]);
  });

  it("tells which ciphers of a policy the local OpenSSL lacks, and serves the rest", () => {
    const { reasons, advice } = listener({ securityPolicyId: "tls_cipher_policy_1_0" });
    expect(reasons).toEqual([]);
    expect(advice).toEqual([
      "securityPolicyId: the policy names DES-CBC3-SHA, which the local OpenSSL does not have; all else of the policy is served. Nothing needs to be done, unless a client depends on it. (POLICY_CIPHER_UNAVAILABLE)",
    ]);
  });
});
