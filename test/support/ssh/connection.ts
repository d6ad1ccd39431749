import { connectionSchema, type Connection } from "../../../provider/transport/ssh/connection";
import type { Sshd } from "./sshd";

/** A connection that works: pinned host key, the user's key by value. `changes` makes it another one. */
export function connectionTo(sshd: Sshd, changes: Readonly<Record<string, unknown>> = {}): Connection {
  return connectionSchema.parse({
    host: "127.0.0.1",
    port: sshd.port,
    user: sshd.user,
    privateKey: sshd.userKey.secret,
    hostKey: sshd.hostKeys.ed25519.text,
    ...changes,
  });
}
