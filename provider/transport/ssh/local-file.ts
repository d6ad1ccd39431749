import { homedir } from "node:os";
import { join } from "node:path";

/** "~/.ssh/id_ed25519" as a shell would read it. */
export function expandHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

/** The operating system's words, without the path. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "permission denied",
    EISDIR: "it is a directory",
  };
  return reasons[code] ?? code;
}
