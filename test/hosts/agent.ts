import { callApi } from "tls-offload-agent/client";
import { API, STATE_FILES, type AnswerOf, type ApiCall, type RequestOf } from "tls-offload-agent/contract";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import type { SshAgent } from "../../provider/transport/ssh/look";
import { prepareAgent } from "../../provider/transport/ssh/prepare";
import type { AgentClient } from "../../provider/transport/agent-client";
import type { TestHost } from "../support/hosts";

/** As an `up` does it that is the host's first. */
export async function installAgent(agent: SshAgent): Promise<AgentClient> {
  return (await prepareAgent(agent, "born")).install();
}

/** A call of the agent on a host, as somebody on that host could make it. */
export function callAgent<Name extends ApiCall>(
  host: TestHost,
  name: Name,
  request: RequestOf<Name>,
): Promise<AnswerOf<Name>> {
  const stateDir = host.path(HOST_LAYOUT.stateDir);
  const call = { stateDir, socket: STATE_FILES.controlSocket, table: API, name, request };
  return callApi(call as never);
}

/** By hand, past Pulumi: the first object of this kind goes away. */
export async function deleteByHand(host: TestHost, kind: string): Promise<void> {
  const { confirmed } = await callAgent(host, "document", {});
  const object = Object.values(confirmed.objects).find((each) => each.kind === kind);
  if (object === undefined) throw new Error(`There is no ${kind}`);
  const { id, incarnation } = object;
  await callAgent(host, "change", {
    holder: "somebody by hand",
    expectedGeneration: null,
    dryRun: false,
    confirmWithinSeconds: null,
    waitSeconds: 10,
    puts: [],
    deletes: [{ id, incarnation }],
  });
}
