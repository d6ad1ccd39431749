import { HOST_REMOVAL, LIMITS } from "tls-offload-agent/contract";
import { asRoot, type RootLogin } from "../root";

/** Ends the agent, traffic included, and takes all of it away. Nothing there is fine. */
export async function runRemove(login: RootLogin): Promise<void> {
  const timeoutSeconds = LIMITS.hostRemoveSeconds;
  await asRoot(login, { script: HOST_REMOVAL, doing: "removing the agent", timeoutSeconds });
}
