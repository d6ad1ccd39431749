/** What was seen from outside at one address of one host. Stable between runs: no time, no chosen server. */
export interface HostReport {
  readonly address: string;
  readonly port: number;
  /** "as declared, with and without SNI": only ever said when it was seen. */
  readonly certificate: string;
  readonly versionsAccepted: readonly string[];
  readonly versionsRefused: readonly string[];
  /** Versions that this machine's OpenSSL cannot offer: neither passed nor failed. */
  readonly versionsNotVerified: readonly string[];
  readonly backend: "reached" | "none healthy yet";
}
