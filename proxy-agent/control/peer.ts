import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { OffloadError } from "../contract/errors";
import { LIMITS } from "../contract/limits";
import { callApi } from "../http/client";
import type { ApiTable } from "../http/route";

/** Health and observation must not wait for a process that hangs. */
const TIMEOUT_SECONDS = 15;
const RETRY_MILLISECONDS = 50;

/** The data plane or the DNS process, as control sees it. */
export interface Peer<Table extends ApiTable> {
  /** Throws `downCode` when the process does not answer, and what it answers as an error. */
  call<Name extends keyof Table & string>(
    name: Name,
    request: z.input<Table[Name]["request"]>,
  ): Promise<z.output<Table[Name]["answer"]>>;
  /** The same for a change: waits for a process that is just being started, because nobody listens yet. */
  callPatiently<Name extends keyof Table & string>(
    name: Name,
    request: z.input<Table[Name]["request"]>,
  ): Promise<z.output<Table[Name]["answer"]>>;
}

export function createPeer<Table extends ApiTable>(
  stateDir: string,
  socket: string,
  table: Table,
  downCode: "DATA_PLANE_DOWN" | "DNS_DOWN",
): Peer<Table> {
  const peer: Peer<Table> = {
    call: async (name, request) => {
      try {
        return await callApi({ stateDir, socket, table, name, request, timeoutSeconds: TIMEOUT_SECONDS });
      } catch (error) {
        if (error instanceof OffloadError && error.code === "AGENT_UNREACHABLE") {
          const detail = error.cause instanceof Error ? error.cause.message : "no answer";
          throw new OffloadError(downCode, "", { detail }, { cause: error.cause });
        }
        throw error;
      }
    },
    callPatiently: async (name, request) => {
      const deadline = performance.now() + LIMITS.processStartSeconds * 1_000;
      for (;;) {
        try {
          return await peer.call(name, request);
        } catch (error) {
          if (!isNobodyThere(error) || performance.now() >= deadline) throw error;
          await sleep(RETRY_MILLISECONDS);
        }
      }
    },
  };
  return peer;
}

function isNobodyThere(error: unknown): boolean {
  const cause: unknown = error instanceof OffloadError ? error.cause : undefined;
  return (
    cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ECONNREFUSED")
  );
}
