import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Server, type AuthContext, type Connection as ServerConnection } from "ssh2";
import type { KeyPair } from "./keys";

export interface PasswordServer {
  readonly port: number;
  /** The methods that were tried, in order. */
  readonly tried: readonly string[];
  readonly stop: () => Promise<void>;
}

/**
 * An SSH server that takes "admin" with one password. An sshd would need an account of the machine for that.
 * `ways`: what it offers, as a PAM-only server offers "keyboard-interactive" alone.
 */
export async function startPasswordServer(
  hostKey: KeyPair,
  password: string,
  ways: readonly ("password" | "keyboard-interactive")[],
): Promise<PasswordServer> {
  const tried: string[] = [];
  const open = new Set<ServerConnection>();
  const server = new Server({ hostKeys: [hostKey.secret] }, (client) => {
    open.add(client);
    client.on("error", () => undefined);
    client.on("close", () => open.delete(client));
    client.on("authentication", (context) => {
      tried.push(context.method);
      judge(context, password, ways);
    });
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec) => {
        const channel = acceptExec();
        channel.write("accepted\n");
        channel.exit(0);
        channel.end();
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    tried,
    stop: async () => {
      for (const client of open) client.end();
      server.close();
      await once(server, "close");
    },
  };
}

function judge(context: AuthContext, password: string, ways: readonly string[]): void {
  const refuse = (): void => {
    context.reject([...ways] as never[]);
  };
  const isAdmin = context.username === "admin" && ways.includes(context.method);
  if (isAdmin && context.method === "password" && context.password === password) context.accept();
  else if (isAdmin && context.method === "keyboard-interactive") {
    context.prompt([{ prompt: "Password: ", echo: false }], (answers) => {
      if (answers[0] === password) context.accept();
      else refuse();
    });
  } else refuse();
}
