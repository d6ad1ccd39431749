import type { Input } from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";

/** How the servers of a group are checked. The names are the cloud's. */
export interface HealthCheckArgs {
  /** Default true. Unchecked servers count as healthy. */
  healthCheckEnabled?: Input<boolean> | undefined;
  /** `TCP` (default): a connection that is established counts as healthy. */
  healthCheckType?: Input<"TCP"> | undefined;
  /** 0 to 65535; 0 (default) is each server's own port. */
  healthCheckConnectPort?: Input<number> | undefined;
  /** Seconds, 1 to 300, default 5. */
  healthCheckConnectTimeout?: Input<number> | undefined;
  /** Seconds from check to check, 1 to 50, default 10. */
  healthCheckInterval?: Input<number> | undefined;
  /** Successes in a row after which a server is healthy, 2 to 10, default 2. */
  healthyThreshold?: Input<number> | undefined;
  /** Failures in a row after which a server is unhealthy, 2 to 10, default 2. */
  unhealthyThreshold?: Input<number> | undefined;
}

/** One server of a group. */
export interface ServerArgs {
  /** A name that is unique in the group together with the port: "ECS01". */
  serverId: Input<string>;
  /** An IPv4 or IPv6 address, not a host name. */
  serverIp: Input<string>;
  /** 1 to 65535. */
  port: Input<number>;
  /** 0 to 100, default 100; 0: no new connections. */
  weight?: Input<number> | undefined;
  /** At most 256 characters. */
  description?: Input<string> | undefined;
}

export interface ServerGroupArgs {
  /** The load balancer that uses it, or its handle from another stack. */
  loadBalancer: LoadBalancerReference;
  /** A label of 2 to 128 letters, digits and `_ . -`, beginning with a letter. Default: the resource's name. */
  serverGroupName?: Input<string> | undefined;
  /** `TCP`, which is also the default: behind the load balancer is plain TCP. */
  protocol?: Input<"TCP"> | undefined;
  /** `Wrr` (default): weighted round robin; `Rr`: round robin. */
  scheduler?: Input<"Wrr" | "Rr"> | undefined;
  /** Whether connections to a server that is removed end after connectionDrainTimeout. Default false. */
  connectionDrainEnabled?: Input<boolean> | undefined;
  /** Seconds, 10 to 900, default 300. */
  connectionDrainTimeout?: Input<number> | undefined;
  /** Only false: TLS ends in the load balancer, which opens connections of its own. */
  preserveClientIpEnabled?: Input<false> | undefined;
  /** Default: a TCP check of each server's port every 10 seconds. */
  healthCheck?: Input<HealthCheckArgs> | undefined;
  /** At most 400; their order means nothing. */
  servers: Input<Input<ServerArgs>[]>;
  /** Takes over an object of another owner. Default false. */
  adopt?: Input<boolean> | undefined;
}
