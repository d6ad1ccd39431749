import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";
import { resolveReference } from "../load-balancer/target";
import { OffloadResource, type ResourceKind } from "../resource/base";
import type { TcpSslListenerArgs } from "./args";
import { tcpSslListenerDeclaration } from "./declaration";
import type { TcpSslListenerInputs } from "./schema";

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
  declare readonly certificateIds: pulumi.Output<string[]>;
  declare readonly additionalCertificateIds: pulumi.Output<string[]>;
  declare readonly securityPolicyId: pulumi.Output<TcpSslListenerInputs["securityPolicyId"]>;
  declare readonly serverGroupId: pulumi.Output<string>;
  /** Seconds. */
  declare readonly idleTimeout: pulumi.Output<number>;
  /** New connections a second on each host; 0: no limit. */
  declare readonly cps: pulumi.Output<number>;
  declare readonly alpnEnabled: pulumi.Output<boolean>;
  declare readonly alpnPolicy: pulumi.Output<TcpSslListenerInputs["alpnPolicy"]>;
  declare readonly proxyProtocolEnabled: pulumi.Output<boolean>;
  declare readonly caEnabled: pulumi.Output<boolean>;
  declare readonly caCertificateIds: pulumi.Output<string[]>;
  declare readonly listenerDescription: pulumi.Output<string>;
  declare readonly status: pulumi.Output<TcpSslListenerInputs["status"]>;
  /** undefined: as the load balancer says. */
  declare readonly verify: pulumi.Output<TcpSslListenerInputs["verify"]>;
  /** undefined: as soon as a server was ever healthy. */
  declare readonly requireHealthyBackend: pulumi.Output<boolean | undefined>;
  declare readonly adopt: pulumi.Output<boolean>;
  /** The load balancer's name, known only once the listener was verified: point CNAMEs at it. */
  declare readonly dnsName: pulumi.Output<string>;
  /** What was seen from outside after the last change, by host; or `notVerified` with the reason. */
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
