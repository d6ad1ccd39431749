import { createHmac } from "node:crypto";
import { parsePublicKey, type PublicKey } from "./public-key";

/** One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker: "" | "@revoked" | "@cert-authority";
  /** The patterns as they are written. */
  readonly patterns: string;
  readonly key: PublicKey;
  readonly file: string;
}

/** The name under which a machine is listed there. */
export function knownName(address: string, port: number): string {
  return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;
}

/** Lines that are no entries are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split("\n").flatMap((line) => {
    const entry = /^[ \t]*(?:(@\S+)[ \t]+)?([^\s#@]\S*)[ \t]+(\S.*)$/.exec(line);
    if (entry === null) return [];
    const [, marker = "", patterns = "", rest = ""] = entry;
    const key = parsePublicKey(rest);
    if (key === null || !isMarker(marker)) return [];
    return [{ marker, patterns, key, file }];
  });
}

function isMarker(text: string): text is KnownHost["marker"] {
  return text === "" || text === "@revoked" || text === "@cert-authority";
}

/** Whether the line is about that name: hashed, or a list of patterns in which one with `!` excludes. */
export function isAbout({ patterns }: KnownHost, name: string): boolean {
  if (patterns.startsWith("|")) return isHashOf(patterns, name);
  let included = false;
  for (const pattern of patterns.split(",")) {
    const excludes = pattern.startsWith("!");
    if (!matches(excludes ? pattern.slice(1) : pattern, name)) continue;
    if (excludes) return false;
    included = true;
  }
  return included;
}

function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt = "", hash = ""] = hashed.split("|");
  if (version !== "1") return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}

/** `*` and `?`; letter case does not count. */
function matches(pattern: string, name: string): boolean {
  const expression = pattern
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(name);
}
