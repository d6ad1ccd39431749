import { describe } from "vitest";

/**
 * `describe` for a suite that needs something. `missing` names what is not there ("Pulumi CLI: run through
 * npm test"), null when all is: then the suite runs. The runner shows what was missing for each skipped test.
 */
export function describeUnless(missing: string | null, name: string, body: () => void): void {
  if (missing === null) describe(name, body);
  else describe.skip(`${name} [${missing}]`, body);
}
