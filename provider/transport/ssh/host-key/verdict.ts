import { OffloadError } from "tls-offload-agent/contract";
import { isAbout, knownName, type KnownHost } from "./known-hosts";
import { fingerprintOf, sameKey, textOf, type PublicKey } from "./public-key";

export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  /** Where a new line belongs. */
  readonly file: string;
}

/** By what a machine's host key is judged. */
export type Trust =
  | { readonly kind: "anything" }
  | { readonly kind: "pinned"; readonly key: PublicKey }
  | ({ readonly kind: "known" } & KnownHosts);

interface Machine {
  readonly address: string;
  readonly port: number;
}

export interface Place extends Machine {
  /** "host edge-a" or "host edge-a: jump host". */
  readonly where: string;
}

/** In the order of OpenSSH's own preference. `ssh-rsa` is left out: it signs with SHA-1. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/** null: it is the right one. */
export function judge(trust: Trust, seen: PublicKey, place: Place): OffloadError | null {
  switch (trust.kind) {
    case "anything":
      return null;
    case "pinned":
      return sameKey(trust.key, seen) ? null : changed(seen, [trust.key], "`hostKey`", place);
    case "known":
      return judgeKnown(trust, seen, place);
  }
}

function judgeKnown(
  { entries, file }: Extract<Trust, { kind: "known" }>,
  seen: PublicKey,
  place: Place,
): OffloadError | null {
  const about = entriesAbout(entries, place);
  const revoked = about.find(({ marker, key }) => marker === "@revoked" && sameKey(key, seen));
  if (revoked !== undefined) {
    const parameters = { ...shown(seen, place), file: revoked.file };
    return new OffloadError("SSH_HOST_KEY_REVOKED", place.where, parameters);
  }
  const known = about.filter(isKey);
  if (known.some(({ key }) => sameKey(key, seen))) return null;
  if (known.some((entry) => isAbout(entry, knownName(place.address, place.port)))) {
    const files = [...new Set(known.map((entry) => entry.file))].join(", ");
    return changed(
      seen,
      known.map(({ key }) => key),
      files,
      place,
    );
  }
  const line = `${knownName(place.address, place.port)} ${textOf(seen)}`;
  const parameters = { ...shown(seen, place), file, line, key: textOf(seen) };
  return new OffloadError("SSH_HOST_KEY_UNKNOWN", place.where, parameters);
}

/** Whether any key of a machine is known: which one it shows, only a connection tells. */
export function hasKeyOf({ entries }: KnownHosts, machine: Machine): boolean {
  return entriesAbout(entries, machine).some(isKey);
}

function isKey({ marker }: KnownHost): boolean {
  return marker === "";
}

/**
 * Where no key is known of the port, those of the machine count too, as OpenSSH has it ("checking without port
 * identifier"): the right one is accepted, and another one says nothing, for another sshd may be at that port.
 */
function entriesAbout(entries: readonly KnownHost[], { address, port }: Machine): KnownHost[] {
  const exact = entries.filter((entry) => isAbout(entry, knownName(address, port)));
  if (port === 22 || exact.some(isKey)) return exact;
  return [...exact, ...entries.filter((entry) => isAbout(entry, knownName(address, 22)))];
}

function changed(
  seen: PublicKey,
  expected: readonly PublicKey[],
  source: string,
  place: Place,
): OffloadError {
  return new OffloadError("SSH_HOST_KEY_CHANGED", place.where, {
    ...shown(seen, place),
    expected: expected.map((key) => `${key.type} ${fingerprintOf(key)}`).join(" or "),
    source,
  });
}

function shown(seen: PublicKey, { address, port }: Place): { address: string; port: number; seen: string } {
  return { address, port, seen: `${seen.type} ${fingerprintOf(seen)}` };
}

/**
 * What to ask the machine for: types of which a key is known first, so that a machine with keys of several types
 * shows the one that can be compared.
 */
export function algorithmsFor(trust: Trust, place: Place): string[] {
  const known = new Set(
    trust.kind === "pinned"
      ? [trust.key.type]
      : trust.kind === "known"
        ? entriesAbout(trust.entries, place)
            .filter(isKey)
            .map(({ key }) => key.type)
        : [],
  );
  const types = Object.keys(ALGORITHMS);
  return [...types.filter((type) => known.has(type)), ...types.filter((type) => !known.has(type))].flatMap(
    (type) => ALGORITHMS[type] ?? [],
  );
}
