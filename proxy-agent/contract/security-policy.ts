/** A TLS version in the spelling of node:tls. */
export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/**
 * What a system policy means. More than the cloud's name: versions, ciphers in the server's order of
 * preference, key-exchange groups, and an explicit OpenSSL security level, because defaults differ between
 * OpenSSL versions.
 */
export interface SecurityPolicy {
  readonly id: SecurityPolicyId;
  readonly versions: readonly TlsVersion[];
  /** In order of preference; TLS 1.3 suites included. */
  readonly ciphers: readonly string[];
  readonly groups: readonly string[];
  readonly securityLevel: 0 | 1 | 2;
}

/** The smallest RSA key that is served, whatever the security level. */
export const MINIMUM_RSA_BITS = 2_048;

const ECDHE_TLS12 = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-ECDSA-AES256-SHA384",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES128-SHA256",
  "ECDHE-RSA-AES256-SHA384",
  "ECDHE-ECDSA-AES128-SHA",
  "ECDHE-ECDSA-AES256-SHA",
  "ECDHE-RSA-AES128-SHA",
  "ECDHE-RSA-AES256-SHA",
] as const;

const STATIC_RSA = [
  "AES128-GCM-SHA256",
  "AES256-GCM-SHA384",
  "AES128-SHA256",
  "AES256-SHA256",
  "AES128-SHA",
  "AES256-SHA",
  "DES-CBC3-SHA",
] as const;

const TLS13 = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_CCM_SHA256",
  "TLS_AES_128_CCM_8_SHA256",
] as const;

const GROUPS = ["X25519", "P-256", "P-384", "P-521"] as const;

export const SECURITY_POLICY_IDS = [
  "tls_cipher_policy_1_0",
  "tls_cipher_policy_1_1",
  "tls_cipher_policy_1_2",
  "tls_cipher_policy_1_2_strict",
  "tls_cipher_policy_1_2_strict_with_1_3",
] as const;

export type SecurityPolicyId = (typeof SECURITY_POLICY_IDS)[number];

/** The five system policies, from the cloud's "TLS security policies" page. */
export const SECURITY_POLICIES: Readonly<Record<SecurityPolicyId, SecurityPolicy>> = {
  tls_cipher_policy_1_0: {
    id: "tls_cipher_policy_1_0",
    versions: ["TLSv1", "TLSv1.1", "TLSv1.2"],
    ciphers: [...ECDHE_TLS12, ...STATIC_RSA],
    groups: GROUPS,
    securityLevel: 0,
  },
  tls_cipher_policy_1_1: {
    id: "tls_cipher_policy_1_1",
    versions: ["TLSv1.1", "TLSv1.2"],
    ciphers: [...ECDHE_TLS12, ...STATIC_RSA],
    groups: GROUPS,
    securityLevel: 0,
  },
  tls_cipher_policy_1_2: {
    id: "tls_cipher_policy_1_2",
    versions: ["TLSv1.2"],
    ciphers: [...ECDHE_TLS12, ...STATIC_RSA],
    groups: GROUPS,
    securityLevel: 2,
  },
  tls_cipher_policy_1_2_strict: {
    id: "tls_cipher_policy_1_2_strict",
    versions: ["TLSv1.2"],
    ciphers: ECDHE_TLS12,
    groups: GROUPS,
    securityLevel: 2,
  },
  tls_cipher_policy_1_2_strict_with_1_3: {
    id: "tls_cipher_policy_1_2_strict_with_1_3",
    versions: ["TLSv1.2", "TLSv1.3"],
    ciphers: [...TLS13, ...ECDHE_TLS12],
    groups: GROUPS,
    securityLevel: 2,
  },
};
