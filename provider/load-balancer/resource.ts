import * as pulumi from "@pulumi/pulumi";
import { loadBalancerIdOf, placeOf } from "../program/place";
import { sealed, without } from "../program/sealed";
import { OffloadResource, type ResourceKind } from "../resource/base";
import type { LoadBalancerArgs, LoadBalancerHandle } from "./args";
import { loadBalancerDeclaration } from "./declaration";
import { SECRET_PATHS, type LoadBalancerInputs } from "./schema";
import type { HostStatus } from "./status";
import { defaultDnsName, makeTarget, rememberTarget } from "./target";

const kind: ResourceKind = {
  declaration: loadBalancerDeclaration,
  provider: "loadBalancer",
  outputs: ["hostStatus", "dnsHealth", "delegation"],
};

/**
 * The load balancer: the hosts that serve it, and the name that leads to them. Its id is
 * `<project>-<stack>-<name>`. See docs/resources/load-balancer.md.
 */
export class LoadBalancer extends OffloadResource {
  declare readonly loadBalancerName: pulumi.Output<string>;
  /** The name that CNAMEs point at. Use `listener.dnsName` in records, which waits for the verification. */
  declare readonly dnsName: pulumi.Output<string>;
  /** As declared, with defaults, and without secrets. */
  declare readonly hosts: pulumi.Output<LoadBalancerInputs["hosts"]>;
  /** The zone in which the name is published too, without the key's secret. */
  declare readonly dns: pulumi.Output<LoadBalancerInputs["dns"]>;
  declare readonly adopt: pulumi.Output<boolean>;
  /**
   * Whether the name leaves a host out by itself when it stops serving: "followed" by the embedded DNS servers, "as of
   * the last up" in a zone of yours.
   */
  declare readonly dnsHealth: pulumi.Output<"followed" | "as of the last up">;
  /** Where the embedded DNS servers listen; undefined: they do not. */
  declare readonly dnsListen: pulumi.Output<LoadBalancerInputs["dnsListen"]>;
  /**
   * Lines of a zone file for the parent zone: they lead the world to the hosts' DNS servers. undefined: `dnsListen.public`
   * is not true.
   */
  declare readonly delegation: pulumi.Output<readonly string[] | undefined>;
  declare readonly dataPlane: pulumi.Output<"builtin">;
  declare readonly verify: pulumi.Output<LoadBalancerInputs["verify"]>;
  declare readonly timeoutSeconds: pulumi.Output<number>;
  /** Each host as it was last seen: agent, data plane, versions, capabilities. */
  declare readonly hostStatus: pulumi.Output<Record<string, HostStatus>>;
  /** What another stack needs to declare resources of this load balancer, without secrets: export it. */
  readonly handle: pulumi.Output<LoadBalancerHandle>;

  /**
   * @param name Part of the id; letters, digits and `. _ @ * -`.
   * @param args See LoadBalancerArgs; mistakes are reported by the constructor and by `pulumi preview`.
   */
  constructor(name: string, args: LoadBalancerArgs, options?: pulumi.CustomResourceOptions) {
    const id = typeof options?.id === "string" ? options.id : loadBalancerIdOf(name);
    const open = makeTarget(id, args, placeOf(kind.declaration.type, name, options?.parent).urn);
    const target = sealed(open, SECRET_PATHS);
    const inputs =
      options?.id === undefined
        ? {
            ...args,
            loadBalancerName: args.loadBalancerName ?? name,
            dnsName: args.dnsName ?? defaultDnsName(id),
          }
        : {};
    super(kind, name, { inputs, target, after: [] }, options);
    rememberTarget(this, target);
    this.handle = pulumi.output(without(open, SECRET_PATHS));
  }

  /** Looks a load balancer up that another program declares. `args` says how its hosts are reached. */
  static get(
    name: string,
    id: string,
    args: LoadBalancerArgs,
    options?: pulumi.CustomResourceOptions,
  ): LoadBalancer {
    return new LoadBalancer(name, args, { ...options, id });
  }
}
