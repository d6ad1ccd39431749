import * as pulumi from "@pulumi/pulumi";

/** Where a resource stands: known in its constructor, which is the only place that knows stack and URN. */
export interface Place {
  /** "Certificate". */
  readonly type: string;
  readonly name: string;
  /** project/stack/type/name: who an object on a host belongs to. */
  readonly owner: string;
  readonly urn: string;
}

export function typeTokenOf(type: string): string {
  return `pulumi-nodejs:dynamic/offload:${type}`;
}

export function placeOf(type: string, name: string, parent: pulumi.Resource | undefined): Place {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const types = [...qualifiersOf(parent), typeTokenOf(type)].join("$");
  return {
    type,
    name,
    owner: `${project}/${stack}/${type}/${name}`,
    urn: `urn:pulumi:${stack}::${project}::${types}::${name}`,
  };
}

/** `<project>-<stack>-<name>`: readable, and the same in every `up`. */
export function loadBalancerIdOf(name: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
}

/**
 * The types of the components around a resource, outermost first; the stack itself is not named in a URN.
 * The SDK's own createUrn gives an output of the parent's, on which the resource would then wait.
 */
function qualifiersOf(parent: pulumi.Resource | undefined): string[] {
  if (parent === undefined) return [];
  const { __pulumiType: type, __parentResource: above } = parent as pulumi.Resource & {
    readonly __pulumiType?: string;
    readonly __parentResource?: pulumi.Resource;
  };
  return type === undefined || type === "pulumi:pulumi:Stack" ? [] : [...qualifiersOf(above), type];
}
