/** One part of `npm test`. A static stage counts as one test, a vitest project as many as it has. */
export type Stage =
  | { readonly name: string; readonly kind: "static"; readonly commands: readonly (readonly string[])[] }
  | { readonly name: string; readonly kind: "vitest" };

export const STAGES: readonly Stage[] = [
  {
    name: "types",
    kind: "static",
    commands: [
      ["tsc", "-b"],
      ["tsc", "-p", "test/tsconfig.json"],
    ],
  },
  { name: "lint", kind: "static", commands: [["eslint", "."]] },
  { name: "format", kind: "static", commands: [["prettier", "--check", "."]] },
  { name: "dead-code", kind: "static", commands: [["knip"]] },
  { name: "unit", kind: "vitest" },
  { name: "engine", kind: "vitest" },
  { name: "interop", kind: "vitest" },
  { name: "blackbox", kind: "vitest" },
  { name: "hosts", kind: "vitest" },
  { name: "e2e", kind: "vitest" },
];

/** Runs only when it is named: it measures, and says nothing of right and wrong. */
export const BENCH: Stage = { name: "bench", kind: "vitest" };

export interface SkippedTest {
  readonly name: string;
  readonly reason: string;
}

export interface StageResult {
  readonly stage: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
  /** What failed, one line each, for the list at the end. */
  readonly failures: readonly string[];
  readonly seconds: number;
}
