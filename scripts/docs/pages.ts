import { format, resolveConfig } from "prettier";
import { join } from "node:path";
import { errorsPage } from "./errors";
import { limitsPage } from "./limits";
import { ROOT } from "./root";

/** Path in the checkout -> its text, formatted as every page here is. */
export const GENERATED_PAGES: Readonly<Record<string, () => Promise<string>>> = {
  "docs/errors.md": () => formatted(errorsPage()),
  "docs/limits.md": () => formatted(limitsPage()),
};

async function formatted(markdown: string): Promise<string> {
  return format(markdown, { ...(await resolveConfig(join(ROOT, "package.json"))), parser: "markdown" });
}
