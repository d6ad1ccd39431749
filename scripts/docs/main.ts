import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GENERATED_PAGES } from "./pages";
import { ROOT } from "./root";

/** `npm run docs`: writes the pages that are made from the sources. A test compares them. */
async function main(): Promise<void> {
  for (const [path, text] of Object.entries(GENERATED_PAGES)) writeFileSync(join(ROOT, path), await text());
}

void main();
