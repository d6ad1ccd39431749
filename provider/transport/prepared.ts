import type { AgentClient } from "./agent-client";

/** A host that was looked at, and that has the agent or takes it. Nothing on it was changed. */
export interface Prepared {
  readonly host: string;
  /** Nothing of an agent is there. */
  readonly isBare: boolean;
  /** Puts the provider's agent there and starts it, or finds it as it shall be. */
  readonly install: () => Promise<AgentClient>;
}
