import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SiteHost } from "../e2e/site";
import type { TestHosts } from "../support/hosts";
import { keySecret, textSecret, type Secret } from "../support/secret-forms";
import { temporaryDirectory } from "../support/workspace";
import { declared } from "./site";

/** Three hosts with every secret that a connection can hold by value: a key, a password, a key under a passphrase. */
export interface LoginsByValue {
  readonly hosts: Readonly<Record<string, SiteHost>>;
  /** The same, but for one character of the password. */
  readonly hostsMistyped: Readonly<Record<string, SiteHost>>;
  readonly secrets: readonly Secret[];
}

export function loginsByValue({ all, privateKey, privateKeyFile }: TestHosts): LoginsByValue {
  const [byKey, byPassword, byEncryptedKey] = all;
  if (byKey === undefined || byPassword === undefined || byEncryptedKey === undefined) {
    throw new Error("this takes three hosts");
  }
  const passphrase = randomBytes(12).toString("hex");
  const encrypted = encryptedCopy(privateKeyFile, passphrase);
  const login = byPassword.passwordConnection();
  const mistyped = `${login.password.slice(0, -1)}-`;
  const hostsWith = (password: string): Record<string, SiteHost> => ({
    ...declared([byKey]),
    [byPassword.name]: { addresses: [byPassword.address], connection: { ...login, password } },
    [byEncryptedKey.name]: {
      addresses: [byEncryptedKey.address],
      connection: {
        ...byEncryptedKey.connection(),
        privateKey: encrypted,
        privateKeyPassword: passphrase,
      },
    },
  });
  return {
    hosts: hostsWith(login.password),
    hostsMistyped: hostsWith(mistyped),
    secrets: [
      keySecret("SSH key", privateKey),
      textSecret("password", login.password),
      textSecret("mistyped password", mistyped),
      keySecret("encrypted SSH key", encrypted, passphrase),
      textSecret("passphrase", passphrase),
    ],
  };
}

/** As `ssh-keygen -p` makes it. */
function encryptedCopy(file: string, passphrase: string): string {
  const copy = join(temporaryDirectory("key"), "id");
  copyFileSync(file, copy);
  execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", copy]);
  return readFileSync(copy, "utf8");
}
