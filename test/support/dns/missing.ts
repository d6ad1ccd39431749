import { existsSync } from "node:fs";

/** Which of the Debian packages, by a program of each, are not installed; null: all are. */
export function programsMissing(packages: Readonly<Record<string, string>>): string | null {
  const missing = Object.entries(packages).filter(([program]) => !existsSync(program));
  if (missing.length === 0) return null;
  return `${missing.map(([program]) => program).join(", ")}: apt-get install ${missing.map(([, name]) => name).join(" ")}`;
}
