import { deletionWaves } from "./deletions";
import { InitFailure, type ProviderProcess } from "./provider-process";
import { plan, type Decision } from "./plan";
import type { ResourceState, StateFile } from "./state";
import type { Operation, Step } from "./step";
import type { StepRunner } from "./step-runner";
import { markSecret, remarkSecrets, type Properties } from "./values";

/** What a program asks for. `inputs` may hold secrets and unknowns. */
export interface Goal {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly custom: boolean;
  readonly inputs: Properties;
  readonly dependencies: readonly string[];
  readonly aliasUrns: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
}

/** What the program gets back. In a preview `id` is "" for what is still to be created. */
export interface Registered {
  readonly urn: string;
  readonly id: string;
  readonly outputs: Properties;
}

/** One `preview` or `up`: turns goals into steps, one goal after the other, and lets the steps run in parallel. */
export class Deployment {
  readonly steps: Step[] = [];
  readonly #declared = new Set<ResourceState>();
  readonly #urns = new Set<string>();
  #planning: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly provider: ProviderProcess,
    private readonly state: StateFile,
    private readonly runner: StepRunner,
    private readonly isPreview: boolean,
    /** URNs that `--replace` names. */
    private readonly replaceUrns: readonly string[],
  ) {}

  async register(goal: Goal): Promise<Registered> {
    if (!goal.custom) return this.#component(goal);
    const planned = this.#planning.then(() => this.#plan(goal));
    this.#planning = planned.catch(() => undefined);
    const { old, decision } = await planned;
    return this.#perform(goal, old, decision);
  }

  async read(goal: Goal, id: string): Promise<Registered> {
    const found = await this.provider.read(goal.urn, id, goal.inputs);
    if (found.id === "") {
      const error = new Error(`${goal.urn}: resource '${id}' does not exist`);
      this.runner.fail(error);
      throw error;
    }
    const outputs = remarkSecrets(found.outputs, goal.inputs);
    this.#note("read", goal);
    this.#save(
      this.state.find(goal.urn),
      stateOf(goal, goal.inputs, { id: found.id, outputs, external: true }),
    );
    return { urn: goal.urn, id: found.id, outputs };
  }

  /** Deletes what is no longer declared and the old halves of replacements, dependents first. */
  async deleteRest(): Promise<void> {
    const rest = this.state.resources.filter((resource) => !this.#declared.has(resource));
    for (const wave of deletionWaves(rest)) {
      this.runner.throwIfFailed();
      await Promise.allSettled(wave.map((resource) => this.#delete(resource)));
    }
  }

  async #plan(goal: Goal): Promise<{ old: ResourceState | undefined; decision: Decision }> {
    this.runner.throwIfFailed();
    try {
      if (this.#urns.has(goal.urn)) throw new Error(`Duplicate resource URN '${goal.urn}'`);
      this.#urns.add(goal.urn);
      const old = [goal.urn, ...goal.aliasUrns]
        .map((urn) => this.state.find(urn))
        .find((found) => found !== undefined);
      const known = old?.external === true ? undefined : old;
      return {
        old: known,
        decision: await plan(this.provider, goal, known, this.replaceUrns.includes(goal.urn)),
      };
    } catch (error) {
      this.runner.fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  async #perform(goal: Goal, old: ResourceState | undefined, decision: Decision): Promise<Registered> {
    const { operation, inputs } = decision;
    this.#note(operation, goal, decision.replaces);
    if (operation === "same" && old !== undefined) {
      this.#save(old, stateOf(goal, inputs, { ...old, initErrors: [] }));
      return { urn: goal.urn, id: old.id, outputs: old.outputs };
    }
    const keptId = operation === "update" && old !== undefined ? old.id : "";
    if (this.isPreview) {
      this.#save(old, stateOf(goal, inputs, { id: keptId, outputs: inputs }));
      return { urn: goal.urn, id: keptId, outputs: inputs };
    }
    const saved = await this.runner.run(goal.urn, () =>
      this.#callProvider(goal, inputs, operation === "update" ? old : undefined),
    );
    this.#finish(operation, old, saved.state);
    if (saved.failure !== null) {
      this.runner.fail(new Error(`${goal.urn}: ${saved.failure.message}`, { cause: saved.failure }));
      throw saved.failure;
    }
    return { urn: goal.urn, id: saved.state.id, outputs: saved.state.outputs };
  }

  async #callProvider(
    goal: Goal,
    inputs: Properties,
    old: ResourceState | undefined,
  ): Promise<{ state: ResourceState; failure: InitFailure | null }> {
    const marked = (outputs: Properties): Properties =>
      markSecret(remarkSecrets(outputs, inputs), goal.additionalSecretOutputs);
    try {
      const answer =
        old === undefined
          ? await this.provider.create(goal.urn, inputs)
          : { id: old.id, outputs: await this.provider.update(goal.urn, old.id, old.outputs, inputs) };
      return {
        state: stateOf(goal, inputs, { id: answer.id, outputs: marked(answer.outputs) }),
        failure: null,
      };
    } catch (error) {
      if (!(error instanceof InitFailure)) throw error;
      const outputs = marked(error.properties);
      const state = stateOf(goal, inputs, { id: error.id, outputs, initErrors: error.reasons });
      return { state, failure: error };
    }
  }

  #finish(operation: Operation, old: ResourceState | undefined, next: ResourceState): void {
    if (operation === "create-replacement" && old !== undefined) {
      this.state.replace(old, { ...old, pendingDelete: true });
      this.#save(undefined, next);
    } else {
      this.#save(old, next);
    }
  }

  #save(old: ResourceState | undefined, next: ResourceState): void {
    if (old === undefined) this.state.add(next);
    else this.state.replace(old, next);
    this.#declared.add(next);
  }

  #component(goal: Goal): Registered {
    this.#save(this.state.find(goal.urn), stateOf(goal, goal.inputs, { id: "", outputs: {} }));
    return { urn: goal.urn, id: "", outputs: {} };
  }

  async #delete(resource: ResourceState): Promise<void> {
    this.#note(resource.pendingDelete ? "delete-replaced" : "delete", resource);
    if (resource.custom && !resource.external && !this.isPreview) {
      await this.runner.run(resource.urn, () =>
        this.provider.delete(resource.urn, resource.id, resource.outputs),
      );
    }
    this.state.remove(resource);
  }

  #note(
    operation: Operation,
    { urn, name }: { urn: string; name: string },
    replaces: readonly string[] = [],
  ): void {
    this.steps.push({ operation, urn, name, replaces });
  }
}

function stateOf(
  { urn, type, name, parent, custom, dependencies, additionalSecretOutputs }: Goal,
  inputs: Properties,
  result: { id: string; outputs: Properties; initErrors?: readonly string[]; external?: boolean },
): ResourceState {
  return {
    urn,
    type,
    name,
    parent,
    custom,
    external: result.external ?? false,
    id: result.id,
    inputs,
    outputs: result.outputs,
    dependencies,
    additionalSecretOutputs,
    initErrors: result.initErrors ?? [],
    pendingDelete: false,
  };
}
