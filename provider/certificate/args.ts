import type { Input } from "@pulumi/pulumi";
import type { LoadBalancerReference } from "../load-balancer/args";

export interface CertificateArgs {
  /** The load balancer that serves it, or its handle from another stack. */
  loadBalancer: LoadBalancerReference;
  /** A label, 1 to 64 characters. Default: the resource's name. */
  certificateName?: Input<string> | undefined;
  /** The PEM chain: the server certificate first, then its intermediates, each behind the one that it issued. */
  cert: Input<string>;
  /**
   * The private key, PEM, unencrypted. It is made a secret: encrypted in the state, and never in outputs. One of
   * `key` and `keyFile`.
   */
  key?: Input<string> | undefined;
  /**
   * A file with the private key on the machine that runs Pulumi; relative paths count from the program's
   * directory. The key then never is in the state at all. Another path of the same key is no change.
   */
  keyFile?: Input<string> | undefined;
  /** Takes over an object of another owner. Default false. */
  adopt?: Input<boolean> | undefined;
}
