export type Operation =
  "same" | "create" | "update" | "create-replacement" | "delete-replaced" | "delete" | "read" | "refresh";

export interface Step {
  readonly operation: Operation;
  readonly urn: string;
  readonly name: string;
  /** For a replacement: what made it necessary. */
  readonly replaces: readonly string[];
}

/** When the provider process dies, by SIGKILL. Steps are counted from 1, those that call create, update or delete only. */
export interface Kill {
  /** Before the provider hears of this step. */
  readonly beforeStep?: number;
  /** This long after the provider was called for this step. */
  readonly duringStep?: { readonly step: number; readonly delayMilliseconds: number };
  /** After the provider did this step, before the engine could save its answer. */
  readonly afterStep?: number;
  /** As soon as a log line matches. */
  readonly onLog?: RegExp;
}

/** The deployment stopped before a step; what was saved is saved. */
export class Cancelled extends Error {}
