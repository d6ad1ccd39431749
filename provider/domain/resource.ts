import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";
import { fromTarget, rememberTarget, resolveReference } from "../load-balancer/target";
import { OffloadResource, type ResourceKind } from "../resource/base";
import { properties } from "../resource/known";
import { isPlainObject } from "../resource/parse";
import type { DomainArgs } from "./args";
import { domainDeclaration } from "./declaration";

const kind: ResourceKind = {
  declaration: domainDeclaration,
  provider: "domain",
  outputs: ["verificationRecord", "verificationStatus"],
};

/**
 * A zone, and the proof that it is yours: a TXT record that must be seen before any CnameRecord is accepted. Its
 * id is `<load balancer>/domain/<domainName>`. See docs/resources/domain.md.
 */
export class Domain extends OffloadResource {
  declare readonly domainName: pulumi.Output<string>;
  /** Where the zone is served. */
  declare readonly dns: pulumi.Output<{ embedded: { loadBalancerId: string } }>;
  declare readonly verificationMethod: pulumi.Output<"publish">;
  declare readonly adopt: pulumi.Output<boolean>;
  /** The TXT record that proves ownership: its host prefix and its value. */
  declare readonly verificationRecord: pulumi.Output<{ rr: string; value: string }>;
  /** "verified" once the record was seen at the zone's authoritative server. */
  declare readonly verificationStatus: pulumi.Output<string>;

  /**
   * @param name The resource's name in the program.
   * @param args See DomainArgs; mistakes are reported by the constructor and by `pulumi preview`.
   */
  constructor(name: string, args: DomainArgs, options?: pulumi.CustomResourceOptions) {
    const { target, after } = resolveReference(loadBalancerOf(args));
    const dns: unknown = embed(
      args.dns,
      fromTarget(target, ({ loadBalancerId }) => loadBalancerId),
    );
    super(kind, name, { inputs: { ...args, dns }, target, after }, options);
    if (target !== undefined) rememberTarget(this, target);
  }

  /** Looks a domain up that another program declares. */
  static get(
    name: string,
    id: string,
    loadBalancer: LoadBalancerReference,
    options?: pulumi.CustomResourceOptions,
  ): Domain {
    return new Domain(name, { dns: { embedded: { loadBalancer } } } as DomainArgs, { ...options, id });
  }
}

/** Programs in JavaScript may lack any part of it. */
function loadBalancerOf(args: DomainArgs): LoadBalancerReference | undefined {
  const embedded = properties(properties(args.dns)["embedded"]);
  return embedded["loadBalancer"] as LoadBalancerReference | undefined;
}

/** The id takes the load balancer's place: a resource as such cannot be an input of another. */
function embed(dns: unknown, loadBalancerId: unknown): unknown {
  if (!isPlainObject(dns) || !isPlainObject(dns["embedded"])) return dns;
  return { ...dns, embedded: { ...dns["embedded"], loadBalancer: undefined, loadBalancerId } };
}
