import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";
import { fromTarget, rememberTarget, resolveReference } from "../load-balancer/target";
import { OffloadResource, type Construction, type ResourceKind } from "../resource/base";
import { properties } from "../resource/known";
import { isPlainObject } from "../resource/parse";
import type { Rfc2136Args } from "../zone/args";
import { makeZone, rememberZone } from "../zone/declared";
import type { DomainArgs } from "./args";
import { domainDeclaration } from "./declaration";
import type { DomainInputs } from "./schema";

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
  /** Where the zone is served; without the key's secret. */
  declare readonly dns: pulumi.Output<DomainInputs["dns"]>;
  declare readonly verificationMethod: pulumi.Output<DomainInputs["verificationMethod"]>;
  /** Seconds. */
  declare readonly timeoutSeconds: pulumi.Output<number>;
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
    const rfc2136 = properties(args.dns)["rfc2136"] as Rfc2136Args | undefined;
    const construction = rfc2136 === undefined ? onHosts(args) : inZone(args, rfc2136);
    super(kind, name, construction, options);
    const { target, zone } = construction;
    if (target !== undefined) rememberTarget(this, target);
    if (zone !== undefined) rememberZone(this, zone);
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

function onHosts(args: DomainArgs): Construction {
  const { target, after } = resolveReference(loadBalancerOf(args));
  const loadBalancerId = fromTarget(target, (known) => known.loadBalancerId);
  return { inputs: { ...args, dns: embed(args.dns, loadBalancerId) }, target, after };
}

function inZone(args: DomainArgs, rfc2136: Rfc2136Args): Construction {
  const zone = makeZone(rfc2136, args.domainName);
  return { inputs: { ...args }, target: undefined, zone, after: [] };
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
