import * as pulumi from "@pulumi/pulumi";
import { placeOf, typeTokenOf, type Place } from "../program/place";
import { currentProgram } from "../program/program";
import { sealed } from "../program/sealed";
import type { Declaration, Unchecked } from "./definition";
import type { Target } from "./hidden-input";
import type { Zone } from "../zone/schema";
import { ignoredOptions } from "./ignored-options";

/** The input that every resource carries beside the declared ones. See hidden-input.ts. */
const HIDDEN = "__offload";

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
  /** In its place: somebody's zone, in which the resource's records are. */
  readonly zone?: pulumi.Input<Zone> | undefined;
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
        // It may hold logins, and those of hosts that are no inputs any more.
        additionalSecretOutputs: [...kind.declaration.secrets.filter((path) => !path.includes(".")), HIDDEN],
      }),
    );
    if (options.id !== undefined) return;
    const { inputs: given, target, zone } = construction;
    const program = currentProgram();
    program.report(place, ignoredOptions(options));
    program.add(
      { resource: this, place, declaration: kind.declaration, given, target, zone },
      { ...given, [HIDDEN]: hiddenOf(construction, place) },
    );
  }
}

function propertiesOf(kind: ResourceKind, construction: Construction, place: Place): pulumi.Inputs {
  // Defaults are outputs too, though the program did not give them.
  const declared = Object.keys(kind.declaration.schema.shape);
  return {
    // Without a placeholder an output would not exist; with a value it would look known in a preview.
    ...Object.fromEntries([...declared, ...kind.outputs].map((output) => [output, undefined])),
    ...sealed(construction.inputs, kind.declaration.secrets),
    // The same text for ever: it is what `delete` and `refresh` of an old state run. See dynamic/v1.ts.
    __provider: `exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").${kind.provider}`,
    [HIDDEN]: hiddenOf(construction, place),
  };
}

function hiddenOf({ target, zone }: Construction, { owner, urn }: Place): Unchecked {
  return zone === undefined ? { target, owner, urn } : { zone, owner, urn };
}
