/**
 * Whose a name in somebody's zone is: a TXT record beside it, which every write to the zone is conditional on. It
 * cannot stand at the name itself, because a CNAME has no siblings (RFC 1034 3.6.2).
 */
export interface Ownership {
  /** project/stack/type/name of the resource that declares it. */
  readonly owner: string;
  /** Fresh and random at every create: the delete half of a replacement finds another one, and leaves it. */
  readonly incarnation: string;
}

const LABEL = "_offload-owner";
const WILDCARD_LABEL = "_offload-owner-wildcard";
const HERITAGE = "heritage=pulumi-tls-offload";
const STRINGS = /.{1,255}/g;

/** Where the owner record of a name stands: below it; of a wildcard, which may have nothing below it, beside it. */
export function ownerNameOf(name: string): string {
  return name.startsWith("*.") ? `${WILDCARD_LABEL}.${name.slice(2)}` : `${LABEL}.${name}`;
}

/** The character strings of the TXT record (RFC 1035 3.3.14): ASCII, whatever characters a resource's name has. */
export function ownerTexts({ owner, incarnation }: Ownership): readonly string[] {
  const text = `${HERITAGE},incarnation=${incarnation},owner=${encodeURI(owner)}`;
  return text.match(STRINGS) ?? [];
}

/** null: not written by this program. */
export function ownershipIn(texts: readonly string[]): Ownership | null {
  const match = /^heritage=pulumi-tls-offload,incarnation=([^,]*),owner=(.+)$/.exec(texts.join(""));
  const [, incarnation, owner] = match ?? [];
  if (incarnation === undefined || owner === undefined) return null;
  try {
    return { owner: decodeURI(owner), incarnation };
  } catch {
    return null;
  }
}
