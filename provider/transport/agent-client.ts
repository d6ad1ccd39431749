import type { Duplex } from "node:stream";
import type { AnswerOf, ApiCall, RequestOf } from "tls-offload-agent/contract";

/** Calls one host's agent, however it is reached. Failures name the host. */
export interface AgentClient {
  /** The host's name in the load balancer. */
  readonly host: string;
  readonly call: <Name extends ApiCall>(
    name: Name,
    request: RequestOf<Name>,
    options?: CallOptions,
  ) => Promise<AnswerOf<Name>>;
  /** The SSH login, where it is not root and may not become it: the agent stays as it is. Absent: it may. */
  readonly limitedUser?: string;
  /** A TCP connection that the host makes. Absent: the host is this machine. */
  readonly connect?: (address: string, port: number) => Promise<Duplex>;
}

export interface CallOptions {
  /** The change's id, for calls whose path ends in one. */
  readonly id?: string;
  /** Default: LIMITS.apiReadSeconds for a call that only looks, else LIMITS.apiRequestSeconds. */
  readonly timeoutSeconds?: number;
}
