import type { Unchecked } from "../resource/definition";
import { advice, type Finding } from "../resource/finding";
import { properties, text } from "../resource/known";
import { knownHosts } from "../transport/ssh/host-key/trust";
import { hasKeyOf } from "../transport/ssh/host-key/verdict";

/** Whether `up` from here would refuse a host, or its jump host, as far as that can be told without a connection. */
export function hostKeyFindings(host: Unchecked, path: string): Finding[] {
  const { status = "Active" } = host;
  if (status !== "Active") return [];
  const login = properties(host["connection"]);
  return [
    ...missingKey(login, `${path}.connection`),
    ...missingKey(properties(login["proxy"]), `${path}.connection.proxy`),
  ];
}

/** A machine that is made by the same `up` has no address yet. */
function missingKey(login: Unchecked, path: string): Finding[] {
  const { host, port = 22, hostKey, insecureIgnoreHostKey = false, knownHostsFile } = login;
  const [address, file] = [text(host), text(knownHostsFile)];
  if (address === undefined || typeof port !== "number") return [];
  // What is not known yet may say so.
  if (hostKey !== undefined || insecureIgnoreHostKey !== false || file !== knownHostsFile) return [];
  const known = readable(file);
  if (known === null || hasKeyOf(known, { address, port })) return [];
  return [advice(`${path}.host`, "HOST_KEY_MISSING", { address, port, file: known.file }, "at preview")];
}

/** null: that the file cannot be read is said by itself. */
function readable(file: string | undefined): ReturnType<typeof knownHosts> | null {
  try {
    return knownHosts(file, "");
  } catch {
    return null;
  }
}
