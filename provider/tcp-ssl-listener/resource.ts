import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";
import { resolveReference } from "../load-balancer/target";
import { OffloadResource, type ResourceKind } from "../resource/base";
import type { TcpSslListenerArgs } from "./args";
import { tcpSslListenerDeclaration } from "./declaration";

const kind: ResourceKind = {
  declaration: tcpSslListenerDeclaration,
  provider: "tcpSslListener",
  outputs: ["dnsName", "verified"],
};

/**
 * A port on which TLS ends: clients speak TLS to it, servers get plain TCP. Its id is
 * `<load balancer>/listener/<port>`. See docs/resources/tcp-ssl-listener.md.
 */
export class TcpSslListener extends OffloadResource {
  declare readonly listenerPort: pulumi.Output<number>;
  /** The load balancer's name, known only once the listener was verified: point CNAMEs at it. */
  declare readonly dnsName: pulumi.Output<string>;
  /** What was seen from outside on each host after the last change. */
  declare readonly verified: pulumi.Output<Record<string, unknown>>;

  /**
   * @param name The resource's name in the program.
   * @param args See TcpSslListenerArgs; mistakes are reported by the constructor and by `pulumi preview`.
   */
  constructor(name: string, args: TcpSslListenerArgs, options?: pulumi.CustomResourceOptions) {
    const { loadBalancer, ...inputs } = args;
    super(kind, name, { inputs, ...resolveReference(loadBalancer) }, options);
  }

  /** Looks a listener up that another program declares. */
  static get(
    name: string,
    id: string,
    loadBalancer: LoadBalancerReference,
    options?: pulumi.CustomResourceOptions,
  ): TcpSslListener {
    return new TcpSslListener(name, { loadBalancer } as TcpSslListenerArgs, { ...options, id });
  }
}
