import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { OffloadError } from "tls-offload-agent/contract";
import type { Proxy } from "../connection";
import { expandHome, reasonOf } from "../local-file";
import { parseKnownHosts, type KnownHost } from "./known-hosts";
import { parsePublicKey } from "./public-key";
import type { Trust } from "./verdict";

/** OpenSSH's own for all users of a machine; read beside the user's file. */
const EVERYBODYS_FILE = "/etc/ssh/ssh_known_hosts";

/** Reads by what the machine is to be known: its pinned key, else known_hosts. */
export async function trustOf(connection: Proxy, where: string): Promise<Trust> {
  const { hostKey, knownHostsFile, insecureIgnoreHostKey } = connection;
  if (insecureIgnoreHostKey) return { kind: "anything" };
  if (hostKey !== undefined) {
    const key = parsePublicKey(hostKey);
    if (key === null) throw new OffloadError("SSH_HOST_KEY_MALFORMED", where, {});
    return { kind: "pinned", key };
  }
  if (knownHostsFile !== undefined) {
    const file = expandHome(knownHostsFile);
    return { kind: "known", entries: await read(file, true, where), file };
  }
  const own = join(homedir(), ".ssh", "known_hosts");
  const entries = [...(await read(own, false, where)), ...(await read(EVERYBODYS_FILE, false, where))];
  return { kind: "known", entries, file: own };
}

async function read(file: string, required: boolean, where: string): Promise<KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(file, "utf8"), file);
  } catch (error) {
    const detail = reasonOf(error);
    if (!required) return [];
    throw new OffloadError("SSH_FILE_UNREADABLE", where, { property: "`knownHostsFile`", file, detail });
  }
}
