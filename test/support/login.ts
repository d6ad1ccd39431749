import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { ConnectionArgs } from "pulumi-tls-offload";

/** A login whose every secret is fresh, by value, and whose machine does not answer: nothing listens there. */
export interface TestLogin {
  readonly connection: ConnectionArgs & { readonly proxy: ConnectionArgs };
  /** What must be found nowhere. */
  readonly secrets: readonly string[];
}

/** @param port where nothing listens on 127.0.0.1 */
export function createLogin(port: number): TestLogin {
  const [own, jump] = [createSecrets(), createSecrets()];
  const machine = { host: "127.0.0.1", port, user: "deploy", perDialTimeout: 1, dialErrorLimit: 0 };
  const connection = { ...machine, ...own, proxy: { ...machine, ...jump } };
  return { connection, secrets: [own, jump].flatMap(needlesOf) };
}

interface Secrets {
  readonly password: string;
  readonly privateKey: string;
  readonly privateKeyPassword: string;
}

function createSecrets(): Secrets {
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  return {
    password: randomBytes(18).toString("base64url"),
    privateKey,
    privateKeyPassword: randomBytes(18).toString("base64url"),
  };
}

/** A key is known by its first line already: text is cut at line ends wherever it is shown. */
function needlesOf({ password, privateKey, privateKeyPassword }: Secrets): string[] {
  return [password, privateKeyPassword, privateKey.split("\n")[1] ?? privateKey];
}
