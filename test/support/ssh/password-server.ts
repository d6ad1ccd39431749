import type { AuthContext } from "ssh2";
import type { KeyPair } from "./keys";
import { serveSsh, type SshServer } from "./server";

export interface PasswordServer extends SshServer {
  /** The methods that were tried, in order. */
  readonly tried: readonly string[];
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
  const server = await serveSsh(
    hostKey,
    (context) => {
      tried.push(context.method);
      judge(context, password, ways);
    },
    (_command, channel) => {
      channel.write("accepted\n");
      channel.exit(0);
      channel.end();
    },
  );
  return { ...server, tried };
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
