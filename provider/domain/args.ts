import type { Input } from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";
import type { Rfc2136Args } from "../zone/args";

/** By the DNS servers of the load balancer's own hosts; the load balancer needs `dnsListen`. */
export interface EmbeddedDnsArgs {
  embedded: {
    /** The load balancer, or its handle from another stack. */
    loadBalancer: LoadBalancerReference;
  };
  rfc2136?: undefined;
}

/** By a DNS server of yours that takes signed dynamic updates. */
export interface Rfc2136DnsArgs {
  rfc2136: Rfc2136Args;
  embedded?: undefined;
}

export type DomainDnsArgs = EmbeddedDnsArgs | Rfc2136DnsArgs;

export interface DomainArgs {
  /** The zone's name, such as `example.com`. Another name is another domain. */
  domainName: Input<string>;
  /** Where the zone is served. From one to the other is another domain. */
  dns: DomainDnsArgs;
  /**
   * `publish` (default): the TXT record that proves ownership is published and read back. `manual`, only with
   * `rfc2136`: a person publishes it, while `pulumi up` says which record and waits.
   */
  verificationMethod?: Input<"publish" | "manual"> | undefined;
  /** With `rfc2136`: how long publishing, or waiting for the record, may take, seconds, 5 to 3600, default 300. */
  timeoutSeconds?: Input<number> | undefined;
  /** Takes over an object of another owner. Default false. */
  adopt?: Input<boolean> | undefined;
}
