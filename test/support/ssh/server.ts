import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Server, type AuthContext, type Connection, type ServerChannel } from "ssh2";
import type { KeyPair } from "./keys";

export interface SshServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** An SSH server inside of the test, where an sshd would need an account, or a whole machine, of its own. */
export async function serveSsh(
  hostKey: KeyPair,
  judge: (context: AuthContext) => void,
  run: (command: string, channel: ServerChannel) => void,
): Promise<SshServer> {
  const open = new Set<Connection>();
  const server = new Server({ hostKeys: [hostKey.secret] }, (client) => {
    open.add(client);
    client.on("error", () => undefined);
    client.on("close", () => open.delete(client));
    client.on("authentication", judge);
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        run(command, acceptExec());
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const client of open) client.end();
      server.close();
      await once(server, "close");
    },
  };
}
