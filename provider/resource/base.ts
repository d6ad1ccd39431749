import * as pulumi from "@pulumi/pulumi";
import { placeOf, typeTokenOf, type Place } from "../program/place";
import { currentProgram } from "../program/program";
import type { Declaration, Unchecked } from "./definition";
import type { Target } from "./hidden-input";
import { ignoredOptions } from "./ignored-options";

/** What differs from class to class. */
export interface ResourceKind {
  readonly declaration: Declaration;
  /** The name of the provider's half in pulumi-tls-offload/dynamic/v1. */
  readonly provider: string;
  /** Outputs beyond the inputs. */
  readonly outputs: readonly string[];
}

/** What a constructor makes of its arguments. */
export interface Construction {
  readonly inputs: Unchecked;
  /** The load balancer as its dependents need it; absent where it could not be found. */
  readonly target: pulumi.Input<Target> | undefined;
  /** What must be there before this resource, beside what its inputs come from. */
  readonly after: readonly pulumi.Resource[];
}

/** What the six resources have in common. Not made by programs themselves. */
export abstract class OffloadResource extends pulumi.CustomResource {
  protected constructor(
    kind: ResourceKind,
    name: string,
    construction: Construction,
    options: pulumi.CustomResourceOptions = {},
  ) {
    const place = placeOf(kind.declaration.type, name, options.parent);
    super(
      typeTokenOf(kind.declaration.type),
      name,
      propertiesOf(kind, construction, place),
      pulumi.mergeOptions(options, {
        dependsOn: [...construction.after],
        additionalSecretOutputs: [...kind.declaration.secrets],
      }),
    );
    if (options.id !== undefined) return;
    const { inputs: given, target } = construction;
    const program = currentProgram();
    program.report(place, ignoredOptions(options));
    program.add(
      { resource: this, place, declaration: kind.declaration, given, target },
      { ...given, __offload: hiddenOf(target, place) },
    );
  }
}

function propertiesOf(kind: ResourceKind, { inputs, target }: Construction, place: Place): pulumi.Inputs {
  const secrets = kind.declaration.secrets
    .filter((secret) => inputs[secret] !== undefined)
    .map((secret) => [secret, pulumi.secret(inputs[secret])] as const);
  // Defaults are outputs too, though the program did not give them.
  const declared = Object.keys(kind.declaration.schema.shape);
  return {
    // Without a placeholder an output would not exist; with a value it would look known in a preview.
    ...Object.fromEntries([...declared, ...kind.outputs].map((output) => [output, undefined])),
    ...inputs,
    ...Object.fromEntries(secrets),
    // The same text for ever: it is what `delete` and `refresh` of an old state run. See dynamic/v1.ts.
    __provider: `exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").${kind.provider}`,
    __offload: hiddenOf(target, place),
  };
}

function hiddenOf(target: pulumi.Input<Target> | undefined, { owner, urn }: Place): Unchecked {
  return { target, owner, urn };
}
