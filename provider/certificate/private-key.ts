import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ErrorCode } from "tls-offload-agent/contract";
import { text } from "../resource/known";
import type { Unchecked } from "../resource/definition";
import { spkiSha256 } from "./x509";

/** What is known of a declared key. Never the key itself. */
export type KeyFacts =
  | { readonly state: "known"; readonly spkiSha256: string }
  /** An output, or refused for another reason. */
  | { readonly state: "unknown" }
  | { readonly state: "absent" }
  | {
      readonly state: "unusable";
      readonly code: Extract<ErrorCode, "KEY_MALFORMED" | "KEY_ENCRYPTED" | "KEY_FILE_UNREADABLE">;
      readonly path: "key" | "keyFile";
      /** For KEY_FILE_UNREADABLE: the operating system's reason. */
      readonly detail: string;
    };

/** Reads the declared key, by value or from its file. */
export function keyFacts(inputs: Unchecked): KeyFacts {
  if (inputs["key"] === undefined && inputs["keyFile"] === undefined) return { state: "absent" };
  const path = inputs["key"] === undefined ? "keyFile" : "key";
  const given = text(inputs[path]);
  if (given === undefined) return { state: "unknown" };
  if (path === "key") return factsOf(given, path);
  try {
    return factsOf(readFileSync(given, "utf8"), path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { state: "unusable", code: "KEY_FILE_UNREADABLE", path, detail: reasonOf(code ?? "") };
  }
}

function factsOf(pem: string, path: "key" | "keyFile"): KeyFacts {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem))
    return { state: "unusable", code: "KEY_ENCRYPTED", path, detail: "" };
  try {
    return { state: "known", spkiSha256: spkiSha256(createPublicKey(createPrivateKey(pem))) };
  } catch {
    return { state: "unusable", code: "KEY_MALFORMED", path, detail: "" };
  }
}

/** The operating system's words, without the path. */
function reasonOf(code: string): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "permission denied",
    EISDIR: "it is a directory",
  };
  return reasons[code] ?? code;
}
