/** Where name servers are asked, and so no test can choose another. */
export const DNS_PORT = 53;

/** What is missing for it, for `describeUnless`. */
export function dnsPortMissing(): string | null {
  return process.getuid?.() === 0 ? null : `port ${DNS_PORT} takes root`;
}
