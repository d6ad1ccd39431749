import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { OffloadError } from "tls-offload-agent/contract";
import type { Proxy } from "../connection";
import { expandHome, reasonOf } from "../local-file";
import { parseKnownHosts, type KnownHost } from "./known-hosts";
import { parsePublicKey } from "./public-key";
import type { KnownHosts, Trust } from "./verdict";

/** OpenSSH's own for all users of a machine; read beside the user's file. */
const EVERYBODYS_FILE = "/etc/ssh/ssh_known_hosts";

/** Reads by what the machine is to be known: its pinned key, else known_hosts. */
export function trustOf(connection: Proxy, where: string): Trust {
  const { hostKey, knownHostsFile, insecureIgnoreHostKey } = connection;
  if (insecureIgnoreHostKey) return { kind: "anything" };
  if (hostKey !== undefined) {
    const key = parsePublicKey(hostKey);
    if (key === null) throw new OffloadError("SSH_HOST_KEY_MALFORMED", where, {});
    return { kind: "pinned", key };
  }
  return { kind: "known", ...knownHosts(knownHostsFile, where) };
}

/** Of that file, or of where OpenSSH itself looks. Throws SSH_FILE_UNREADABLE for the former. */
export function knownHosts(knownHostsFile: string | undefined, where: string): KnownHosts {
  if (knownHostsFile !== undefined) {
    const file = expandHome(knownHostsFile);
    return { entries: read(file, true, where), file };
  }
  const own = join(homedir(), ".ssh", "known_hosts");
  return { entries: [...read(own, false, where), ...read(EVERYBODYS_FILE, false, where)], file: own };
}

function read(file: string, required: boolean, where: string): KnownHost[] {
  try {
    return parseKnownHosts(readFileSync(file, "utf8"), file);
  } catch (error) {
    const detail = reasonOf(error);
    if (!required) return [];
    throw new OffloadError("SSH_FILE_UNREADABLE", where, { property: "`knownHostsFile`", file, detail });
  }
}
