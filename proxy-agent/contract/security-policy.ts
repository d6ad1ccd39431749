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
  /** What the server may sign handshakes with. Explicit, so that a low security level lets nothing weak in. */
  readonly signatureAlgorithms: readonly string[];
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

const SIGNATURES = [
  "ecdsa_secp256r1_sha256",
  "ecdsa_secp384r1_sha384",
  "ecdsa_secp521r1_sha512",
  "ed25519",
  "ed448",
  "rsa_pss_rsae_sha256",
  "rsa_pss_rsae_sha384",
  "rsa_pss_rsae_sha512",
  "rsa_pss_pss_sha256",
  "rsa_pss_pss_sha384",
  "rsa_pss_pss_sha512",
  "rsa_pkcs1_sha256",
  "rsa_pkcs1_sha384",
  "rsa_pkcs1_sha512",
] as const;

/** TLS 1.0 and 1.1 know only SHA-1; OpenSSL 3.0 takes these two in this spelling alone. */
const LEGACY_SIGNATURES = [...SIGNATURES, "ECDSA+SHA1", "RSA+SHA1"] as const;

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
    signatureAlgorithms: LEGACY_SIGNATURES,
    securityLevel: 0,
  },
  tls_cipher_policy_1_1: {
    id: "tls_cipher_policy_1_1",
    versions: ["TLSv1.1", "TLSv1.2"],
    ciphers: [...ECDHE_TLS12, ...STATIC_RSA],
    groups: GROUPS,
    signatureAlgorithms: LEGACY_SIGNATURES,
    securityLevel: 0,
  },
  tls_cipher_policy_1_2: {
    id: "tls_cipher_policy_1_2",
    versions: ["TLSv1.2"],
    ciphers: [...ECDHE_TLS12, ...STATIC_RSA],
    groups: GROUPS,
    signatureAlgorithms: SIGNATURES,
    securityLevel: 2,
  },
  tls_cipher_policy_1_2_strict: {
    id: "tls_cipher_policy_1_2_strict",
    versions: ["TLSv1.2"],
    ciphers: ECDHE_TLS12,
    groups: GROUPS,
    signatureAlgorithms: SIGNATURES,
    securityLevel: 2,
  },
  tls_cipher_policy_1_2_strict_with_1_3: {
    id: "tls_cipher_policy_1_2_strict_with_1_3",
    versions: ["TLSv1.2", "TLSv1.3"],
    ciphers: [...TLS13, ...ECDHE_TLS12],
    groups: GROUPS,
    signatureAlgorithms: SIGNATURES,
    // OpenSSL 3.2 and later rate TLS_AES_128_CCM_8_SHA256 at level 0 for its short tag, though the policy has it.
    // Versions, ciphers, groups, signatures and key sizes are all explicit: the level guards nothing else here.
    securityLevel: 0,
  },
};
