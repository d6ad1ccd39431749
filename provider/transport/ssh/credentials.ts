import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { OffloadError } from "tls-offload-agent/contract";
import type { Proxy } from "./connection";
import { expandHome, reasonOf } from "./local-file";
import type { Credential, Login } from "./login";
import { readPrivateKey } from "./private-key";

type Environment = Readonly<Record<string, string | undefined>>;

const USUAL_KEYS: readonly string[] = ["id_ed25519", "id_ecdsa", "id_rsa"];

/**
 * What to log in with. The environment (OFFLOAD_SSH_*) comes first, because refresh and destroy have the
 * declaration of the last `up`, which may be of no use any more: with credentials from the environment, declared
 * ones that cannot be read are no error. Only where there is neither, the user's own agent and keys count.
 */
export async function loginFor(
  connection: Proxy,
  where: string,
  environment: Environment = process.env,
): Promise<Login> {
  const source = { connection, where, environment };
  const given = await givenByEnvironment(source);
  const declared = await declaredCredentials(source).catch((error: unknown) => {
    if (given.length > 0) return [];
    throw error;
  });
  const credentials = [...given, ...declared];
  if (credentials.length > 0) return { user: connection.user, credentials };
  return { user: connection.user, credentials: await usualCredentials(source) };
}

interface Source {
  readonly connection: Proxy;
  readonly where: string;
  readonly environment: Environment;
}

async function givenByEnvironment(source: Source): Promise<Credential[]> {
  const { environment, where } = source;
  const credentials: Credential[] = [];
  const key = environment["OFFLOAD_SSH_PRIVATE_KEY"];
  const file = environment["OFFLOAD_SSH_PRIVATE_KEY_FILE"];
  const socket = environment["OFFLOAD_SSH_AGENT_SOCKET"];
  const password = environment["OFFLOAD_SSH_PASSWORD"];
  if (isSet(key)) credentials.push(keyCredential(key, "OFFLOAD_SSH_PRIVATE_KEY", source));
  if (isSet(file)) credentials.push(await keyFileCredential(file, "OFFLOAD_SSH_PRIVATE_KEY_FILE", source));
  if (isSet(socket)) credentials.push(await agentCredential(socket, "OFFLOAD_SSH_AGENT_SOCKET", where));
  if (isSet(password)) credentials.push({ kind: "password", from: "OFFLOAD_SSH_PASSWORD", password });
  return credentials;
}

/** Of each kind the first that is declared: by value, by variable, by file. */
async function declaredCredentials(source: Source): Promise<Credential[]> {
  const { connection, where } = source;
  const { privateKey, privateKeyEnv, privateKeyFile, password, passwordEnv, agentSocketPath } = connection;
  const credentials: Credential[] = [];
  if (privateKey !== undefined) credentials.push(keyCredential(privateKey, "`privateKey`", source));
  else if (privateKeyEnv !== undefined) {
    const text = variable(source, "privateKeyEnv", privateKeyEnv, "OFFLOAD_SSH_PRIVATE_KEY");
    credentials.push(keyCredential(text, "`privateKeyEnv`", source));
  } else if (privateKeyFile !== undefined) {
    credentials.push(await keyFileCredential(privateKeyFile, "`privateKeyFile`", source));
  }
  if (agentSocketPath !== undefined) {
    credentials.push(await agentCredential(agentSocketPath, "`agentSocketPath`", where));
  }
  if (password !== undefined) credentials.push({ kind: "password", from: "`password`", password });
  else if (passwordEnv !== undefined) {
    const text = variable(source, "passwordEnv", passwordEnv, "OFFLOAD_SSH_PASSWORD");
    credentials.push({ kind: "password", from: "`passwordEnv`", password: text });
  }
  return credentials;
}

/** What `ssh` itself would try: the agent, then the usual files as far as they can be read and decrypted. */
async function usualCredentials(source: Source): Promise<Credential[]> {
  const { environment, where } = source;
  const credentials: Credential[] = [];
  const looked: string[] = [];
  const attempts = [
    ...(isSet(environment["SSH_AUTH_SOCK"])
      ? [agentCredential(environment["SSH_AUTH_SOCK"], "SSH_AUTH_SOCK", where)]
      : []),
    ...USUAL_KEYS.map((name) => keyFileCredential(join(homedir(), ".ssh", name), `~/.ssh/${name}`, source)),
  ];
  for (const result of await Promise.allSettled(attempts)) {
    if (result.status === "fulfilled") credentials.push(result.value);
    else looked.push(shortly(result.reason));
  }
  if (credentials.length > 0) return credentials;
  throw new OffloadError("SSH_CREDENTIALS_MISSING", where, { looked: looked.join("; ") });
}

function shortly(error: unknown): string {
  if (!(error instanceof OffloadError)) return String(error);
  const { property, detail } = error.parameters as { property?: string; detail?: string };
  return `${property ?? ""} ${detail ?? "is encrypted"}`;
}

function keyCredential(text: string, from: string, source: Source): Credential {
  return { kind: "key", from, key: readPrivateKey(text, passphrases(source), from, source.where) };
}

async function keyFileCredential(path: string, from: string, source: Source): Promise<Credential> {
  const file = expandHome(path);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const parameters = { property: from, file, detail: reasonOf(error) };
    throw new OffloadError("SSH_FILE_UNREADABLE", source.where, parameters);
  });
  return keyCredential(text, from, source);
}

function passphrases({ connection, environment }: Source): string[] {
  const { privateKeyPassword, privateKeyPasswordEnv } = connection;
  return [
    environment["OFFLOAD_SSH_PRIVATE_KEY_PASSWORD"],
    privateKeyPassword,
    privateKeyPasswordEnv === undefined ? undefined : environment[privateKeyPasswordEnv],
  ].filter(isSet);
}

function variable(
  { environment, where }: Source,
  property: "privateKeyEnv" | "passwordEnv",
  name: string,
  instead: string,
): string {
  const value = environment[name];
  if (isSet(value)) return value;
  throw new OffloadError("SSH_VARIABLE_UNSET", where, {
    property: `\`${property}\``,
    variable: name,
    instead,
  });
}

/** Asked before the connection is made: ssh2 would end it over an agent that does not answer. */
async function agentCredential(path: string, from: string, where: string): Promise<Credential> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(expandHome(path));
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", (error) => {
      const detail = reasonOf(error);
      reject(new OffloadError("SSH_AGENT_UNUSABLE", where, { property: from, path, detail }));
    });
  });
  return { kind: "agent", from, path: expandHome(path) };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
