import { isDeepStrictEqual } from "node:util";
import type { ProviderProcess } from "./provider-process";
import type { ResourceState, StateFile } from "./state";
import type { Step } from "./step";
import { markSecret, plainProperties, remarkSecrets } from "./values";

/** Read with the old OUTPUTS; an empty id means gone. `steps` gets one entry for each resource that differs. */
export async function refreshAll(provider: ProviderProcess, state: StateFile, steps: Step[]): Promise<void> {
  const readable = state.resources.filter(({ custom, pendingDelete }) => custom && !pendingDelete);
  await Promise.all(readable.map((resource) => refreshOne(provider, state, steps, resource)));
}

async function refreshOne(
  provider: ProviderProcess,
  state: StateFile,
  steps: Step[],
  old: ResourceState,
): Promise<void> {
  const { urn, name } = old;
  const found = await provider.read(urn, old.id, old.outputs);
  if (found.id === "") {
    state.remove(old);
    steps.push({ operation: "delete", urn, name, replaces: [] });
    return;
  }
  const next: ResourceState = {
    ...old,
    id: found.id,
    outputs: markSecret(remarkSecrets(found.outputs, old.outputs), old.additionalSecretOutputs),
    inputs: found.inputs === null ? old.inputs : remarkSecrets(found.inputs, old.inputs),
    initErrors: [],
  };
  state.replace(old, next);
  // As the CLI shows it: what only the inputs know (a secret that read does not return) is no drift, nor is a secret
  // within a secret, whose own mark is lost.
  const shown = ({ id, outputs }: ResourceState): unknown => [id, plainProperties(outputs)];
  if (isDeepStrictEqual(shown(next), shown(old))) return;
  steps.push({ operation: "refresh", urn, name, replaces: [] });
}
