import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";
import { resolveReference } from "../load-balancer/target";
import { OffloadResource, type ResourceKind } from "../resource/base";
import type { ServerGroupArgs } from "./args";
import { serverGroupDeclaration } from "./declaration";
import type { ServerGroupInputs } from "./schema";

const kind: ResourceKind = {
  declaration: serverGroupDeclaration,
  provider: "serverGroup",
  outputs: ["serverHealth"],
};

/**
 * The servers behind a listener, how connections are spread over them, and how their health is checked. Changes
 * in place; only connections to removed servers end, by the group's own drain setting. Its id is
 * `<load balancer>/server-group/<name>`. See docs/resources/server-group.md.
 */
export class ServerGroup extends OffloadResource {
  declare readonly serverGroupName: pulumi.Output<string>;
  declare readonly protocol: pulumi.Output<ServerGroupInputs["protocol"]>;
  declare readonly scheduler: pulumi.Output<ServerGroupInputs["scheduler"]>;
  declare readonly connectionDrainEnabled: pulumi.Output<boolean>;
  /** Seconds. */
  declare readonly connectionDrainTimeout: pulumi.Output<number>;
  declare readonly preserveClientIpEnabled: pulumi.Output<boolean>;
  /** As declared, with defaults. */
  declare readonly healthCheck: pulumi.Output<ServerGroupInputs["healthCheck"]>;
  /** As declared, with defaults. */
  declare readonly servers: pulumi.Output<ServerGroupInputs["servers"]>;
  declare readonly adopt: pulumi.Output<boolean>;
  /** Each server's health as each host last saw it: host, then server, then health. */
  declare readonly serverHealth: pulumi.Output<Record<string, Record<string, string>>>;

  /**
   * @param name Part of the id; letters, digits and `. _ @ * -`.
   * @param args See ServerGroupArgs; mistakes are reported by the constructor and by `pulumi preview`.
   */
  constructor(name: string, args: ServerGroupArgs, options?: pulumi.CustomResourceOptions) {
    const { loadBalancer, ...inputs } = args;
    const construction = { inputs: { ...inputs, serverGroupName: inputs.serverGroupName ?? name } };
    super(kind, name, { ...construction, ...resolveReference(loadBalancer) }, options);
  }

  /** Looks a server group up that another program declares. */
  static get(
    name: string,
    id: string,
    loadBalancer: LoadBalancerReference,
    options?: pulumi.CustomResourceOptions,
  ): ServerGroup {
    return new ServerGroup(name, { loadBalancer } as ServerGroupArgs, { ...options, id });
  }
}
