const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** The last line of defence: a private key that got into a text by mistake does not get out with it. */
export function redact(text: string): string {
  return text.replaceAll(PRIVATE_KEY, "[private key]");
}
