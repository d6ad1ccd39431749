import type { Input } from "@pulumi/pulumi";
import type { Zone } from "./schema";

/** A zone of a DNS server that takes signed dynamic updates (RFC 2136, RFC 8945): BIND, Knot, PowerDNS and others. */
export interface Rfc2136Args {
  /** Name or IP address of the zone's primary server. */
  server: Input<string>;
  /** 1 to 65535, default 53. */
  port?: Input<number> | undefined;
  /**
   * The zone's name. Default: of a Domain its `domainName`, of a LoadBalancer its `dnsName` without the first label.
   */
  zone?: Input<string> | undefined;
  /** `tcp` (default), or `udp`, which goes on over TCP where an answer is cut off or none comes. */
  transport?: Input<Zone["transport"]> | undefined;
  /** The TSIG key's name, as the server knows it. */
  keyName: Input<string>;
  /** Default `hmac-sha256`. `hmac-sha1` only where the server has nothing better. */
  keyAlgorithm?: Input<Zone["keyAlgorithm"]> | undefined;
  /** The key's secret in base64. Made a secret: encrypted in the state. One of the three ways. */
  keySecret?: Input<string> | undefined;
  /** The name of an environment variable that holds the secret when Pulumi runs. */
  keySecretEnv?: Input<string> | undefined;
  /** A file that holds the secret, on the machine that runs Pulumi. Relative paths count from the program's directory. */
  keySecretFile?: Input<string> | undefined;
}
