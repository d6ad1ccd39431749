import type { Input } from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";

export interface DomainArgs {
  /** The zone's name, such as `example.com`. Another name is another domain. */
  domainName: Input<string>;
  /** Where the zone is served. */
  dns: {
    /** By the DNS servers of the load balancer's own hosts; the load balancer needs `dnsListen`. */
    embedded: {
      /** The load balancer, or its handle from another stack. */
      loadBalancer: LoadBalancerReference;
    };
  };
  /** `publish` (default): the TXT record that proves ownership is published and read back. */
  verificationMethod?: Input<"publish"> | undefined;
  /** Takes over an object of another owner. Default false. */
  adopt?: Input<boolean> | undefined;
}
