import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface KeyPair {
  readonly file: string;
  /** The text of the private key. */
  readonly secret: string;
  /** "ssh-ed25519 AAAA...", without a comment. */
  readonly text: string;
  /** "SHA256:...". */
  readonly fingerprint: string;
}

/** Made by ssh-keygen, as a user would. */
export function makeKey(
  directory: string,
  name: string,
  { type = "ed25519", passphrase = "" }: { type?: "ed25519" | "ecdsa" | "rsa"; passphrase?: string } = {},
): KeyPair {
  const file = join(directory, name);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "test", "-f", file]);
  const [kind = "", base64 = ""] = readFileSync(`${file}.pub`, "utf8").split(" ");
  const shown = execFileSync("ssh-keygen", ["-lf", `${file}.pub`], { encoding: "utf8" });
  return {
    file,
    secret: readFileSync(file, "utf8"),
    text: `${kind} ${base64}`,
    fingerprint: shown.split(" ")[1] ?? "",
  };
}
