import { accessSync, constants } from "node:fs";
import type { Unchecked } from "../resource/definition";
import { advice, mistake, type Finding } from "../resource/finding";
import { properties, text } from "../resource/known";
import { FILE_FIELDS } from "../transport/ssh/connection";
import { hostKeyFindings } from "./host-key-rules";
import { expandHome, reasonOf } from "../transport/ssh/local-file";

/** Of one of these, one at most. */
const ALTERNATIVES = [
  ["privateKey", "privateKeyFile", "privateKeyEnv"],
  ["password", "passwordEnv"],
  ["privateKeyPassword", "privateKeyPasswordEnv"],
] as const;

/** With one of these for this run, what the program declares need not be here. */
const INSTEAD = [
  "OFFLOAD_SSH_PRIVATE_KEY",
  "OFFLOAD_SSH_PRIVATE_KEY_FILE",
  "OFFLOAD_SSH_AGENT_SOCKET",
  "OFFLOAD_SSH_PASSWORD",
] as const;

/** References to the environment, and what goes before them for one run. */
const VARIABLES = [
  ["passwordEnv", INSTEAD],
  ["privateKeyEnv", INSTEAD],
  ["privateKeyPasswordEnv", ["OFFLOAD_SSH_PRIVATE_KEY_PASSWORD"]],
] as const;

/** Of a public key's line: what it is of, then its bytes, which begin with the length of the type's name. */
const PUBLIC_KEY = /(?:^|\s)(?:ssh-|ecdsa-|sk-)[\w@.-]+\s+AAAA[\w+/]+=*/;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----|^PuTTY-User-Key-File-/;

/** How one host is reached: what a person can get wrong in it, and what is not here as it has to be. */
export function connectionFindings(host: Unchecked, path: string): Finding[] {
  const { local, connection } = host;
  if (local === undefined && connection === undefined) return [mistake(path, "HOST_WAY_MISSING", {})];
  if (local !== undefined && connection !== undefined) return [mistake(path, "HOST_WAY_TWICE", {})];
  const login = properties(connection);
  return [
    ...loginFindings(login, `${path}.connection`),
    ...loginFindings(properties(login["proxy"]), `${path}.connection.proxy`),
    ...hostKeyFindings(host, path),
  ];
}

function loginFindings(login: Unchecked, path: string): Finding[] {
  return [
    ...twiceFindings(login, path),
    ...keyFindings(login, path),
    ...fileFindings(login, path),
    ...variableFindings(login, path),
  ];
}

function twiceFindings(login: Unchecked, path: string): Finding[] {
  const found = ALTERNATIVES.flatMap((names) => {
    const [first, second] = names.filter((name) => login[name] !== undefined);
    return first === undefined || second === undefined
      ? []
      : [mistake(`${path}.${second}`, "LOGIN_GIVEN_TWICE", { first, second })];
  });
  const [pinned, ignored] = ["hostKey", "insecureIgnoreHostKey"] as const;
  if (login[ignored] !== true) return found;
  // Each connection warns by itself, and names the key that it met.
  return login[pinned] === undefined
    ? [...found, advice(`${path}.${ignored}`, "HOST_KEY_IGNORED", {}, "at preview")]
    : [...found, mistake(`${path}.${ignored}`, "LOGIN_GIVEN_TWICE", { first: pinned, second: ignored })];
}

function keyFindings(login: Unchecked, path: string): Finding[] {
  const [key, hostKey] = [text(login["privateKey"]), text(login["hostKey"])];
  const actual = key === undefined || PRIVATE_KEY.test(key.trim()) ? undefined : otherThanKey(key.trim());
  return [
    ...(actual === undefined ? [] : [mistake(`${path}.privateKey`, "LOGIN_KEY_NOT_TEXT", { actual })]),
    ...(hostKey === undefined || PUBLIC_KEY.test(hostKey)
      ? []
      : [mistake(`${path}.hostKey`, "SSH_HOST_KEY_MALFORMED", {})]),
  ];
}

function otherThanKey(value: string): string {
  if (PUBLIC_KEY.test(value)) return "a public key";
  return /^[^\n]{1,512}$/.test(value) && /^[~./]|[/\\]|\.(?:pem|key)$/.test(value)
    ? "a path"
    : "something else";
}

/** Only advice where something is not here: a preview may run on another machine than the `up`. */
function fileFindings(login: Unchecked, path: string): Finding[] {
  return FILE_FIELDS.flatMap((name) => {
    const file = text(login[name]);
    if (file === undefined) return [];
    if (file.includes("\n") || PRIVATE_KEY.test(file))
      return [mistake(`${path}.${name}`, "LOGIN_FILE_NOT_PATH", {})];
    // The agent's socket is there when it is needed.
    if (name === "agentSocketPath" || (name === "privateKeyFile" && isSet(...INSTEAD))) return [];
    const detail = unreadable(file);
    return detail === undefined ? [] : [advice(`${path}.${name}`, "LOGIN_FILE_UNREADABLE", { detail })];
  });
}

function variableFindings(login: Unchecked, path: string): Finding[] {
  return VARIABLES.flatMap(([name, instead]) => {
    const variable = text(login[name]);
    return variable === undefined || isSet(variable) || isSet(...instead)
      ? []
      : // Not by its name, which may be a secret that was put here by mistake.
        [advice(`${path}.${name}`, "LOGIN_VARIABLE_UNSET", {})];
  });
}

function isSet(...variables: readonly string[]): boolean {
  return variables.some((variable) => (process.env[variable] ?? "") !== "");
}

function unreadable(file: string): string | undefined {
  try {
    accessSync(expandHome(file), constants.R_OK);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
