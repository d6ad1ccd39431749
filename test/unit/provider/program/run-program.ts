import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Ran {
  readonly registered: readonly Registered[];
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** What had been said when the first resource reached the engine. */
  readonly errorsAtFirstRegistration: readonly string[];
}

/** Runs a program as Pulumi does, against an engine that accepts everything. */
export async function runProgram(program: () => unknown, preview = true): Promise<Ran> {
  const registered: Registered[] = [];
  const [errors, warnings]: [string[], string[]] = [[], []];
  let errorsAtFirstRegistration: readonly string[] | undefined;
  const say = (into: string[]) => (message: string) => {
    into.push(message);
    return Promise.resolve();
  };
  const spies = [
    vi.spyOn(pulumi.log, "error").mockImplementation(say(errors)),
    vi.spyOn(pulumi.log, "warn").mockImplementation(say(warnings)),
  ];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        if (type !== "pulumi:pulumi:Stack") {
          errorsAtFirstRegistration ??= [...errors];
          registered.push({ type, name, inputs: inputs as Registered["inputs"] });
        }
        return { id: preview ? undefined : `${name}-id`, state: inputs as object };
      },
      call: () => ({}),
    },
    "shop",
    "dev",
    preview,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
    return {};
  });
  await pulumi.runtime.disconnect();
  for (const spy of spies) spy.mockRestore();
  return { registered, errors, warnings, errorsAtFirstRegistration: errorsAtFirstRegistration ?? [] };
}
