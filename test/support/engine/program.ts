import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as sdkState from "@pulumi/pulumi/runtime/state";
import type { Monitor, MonitorOptions } from "./monitor";

/** What index.ts of a Pulumi program does; its result are the stack's outputs. */
export type Program = () => unknown;

export interface ProgramOptions extends MonitorOptions {
  readonly engineAddress: string;
  readonly preview: boolean;
  readonly configuration: Readonly<Record<string, string>>;
  readonly secretConfigurationKeys: readonly string[];
}

// Internal to the SDK, used by its Automation API for programs that share a process.
const { withLocalStorage, getStore } = sdkState as unknown as {
  withLocalStorage: <Result>(run: () => Result) => Result;
  getStore: () => { logErrorCount: number };
};

/** Runs a program in this process, with SDK settings of its own. */
export function runProgram(program: Program, monitor: Monitor, options: ProgramOptions): Promise<void> {
  return withLocalStorage(async () => {
    const { project, stack, engineAddress, preview } = options;
    settings.resetOptions(project, stack, -1, engineAddress, "mock", preview, "organization");
    settings.setMockOptions(monitor, project, stack, preview, "organization");
    pulumi.runtime.setAllConfig({ ...options.configuration }, [...options.secretConfigurationKeys]);
    await pulumi.runtime.runInPulumiStack(() => Promise.resolve(program()) as Promise<pulumi.Inputs>);
    await pulumi.runtime.disconnect();
    const errors = getStore().logErrorCount;
    if (errors > 0) throw new Error(`the program reported ${errors} error(s)`);
  });
}
