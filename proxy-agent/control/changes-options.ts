import type { Document } from "../contract/document";
import type { HealthMonitor } from "../health/monitor";
import type { Logger } from "../process/log";
import type { Drain } from "./drain";
import type { MachineIdentity } from "./machine-identity";
import type { ObjectProblem } from "./problem";
import type { Serving } from "./serving";
import type { Store } from "./store/store";

export interface ChangesOptions {
  readonly store: Store;
  readonly serving: Serving;
  readonly monitor: HealthMonitor;
  readonly log: Logger;
  readonly confirmed: Document;
  readonly drain: Drain;
  readonly machine: MachineIdentity;
  /** Objects of the document that could not be read at start. */
  readonly damaged?: readonly ObjectProblem[];
  /** There was no document at start, and no change was under way that could have been the first. */
  readonly isLost?: boolean;
}
