import { OffloadError } from "tls-offload-agent/contract";

/** `actual`: whose agent is there; null: nobody's. */
export function checkClaim(host: string, loadBalancerId: string, actual: string | null): void {
  if (actual === null || actual === loadBalancerId) return;
  throw new OffloadError("HOST_CLAIMED", `host ${host}`, { actual, loadBalancerId });
}
