import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout, from the sources and from dist alike. */
export const ROOT = find(__dirname);

function find(directory: string): string {
  return existsSync(join(directory, "package-lock.json")) ? directory : find(dirname(directory));
}
