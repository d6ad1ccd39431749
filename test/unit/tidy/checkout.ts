import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../../..");

/** Paths of what is, or is going to be, under version control. */
export const FILES: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard"],
  { cwd: ROOT, encoding: "utf8" },
)
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(ROOT, path)));

export const SOURCES = FILES.filter((path) => /\.(ts|mts|cjs|mjs)$/.test(path));

export function exists(path: string): boolean {
  return existsSync(join(ROOT, path));
}

export function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** "path:line: text" of every line that matches. */
export function linesMatching(pattern: RegExp, paths: readonly string[]): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}
