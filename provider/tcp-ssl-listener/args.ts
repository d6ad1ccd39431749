import type { Input } from "@pulumi/pulumi";
import type { SecurityPolicyId } from "tls-offload-agent/contract";
import type { LoadBalancerReference } from "../load-balancer/args";

export interface TcpSslListenerArgs {
  /** The load balancer that listens, or its handle from another stack. */
  loadBalancer: LoadBalancerReference;
  /** 1 to 65535. Another port is another listener: it serves before the old one goes. */
  listenerPort: Input<number>;
  /** The id of the default server certificate; exactly one. */
  certificateIds: Input<Input<string>[]>;
  /** Ids of certificates that are chosen by the client's SNI, at most 25. Their order means nothing. */
  additionalCertificateIds?: Input<Input<string>[]> | undefined;
  /**
   * The TLS security policy: versions, ciphers and their order. No default, because the cloud's still speaks
   * TLS 1.0. `tls_cipher_policy_1_2_strict_with_1_3` is a good choice.
   */
  securityPolicyId: Input<SecurityPolicyId>;
  /** The id of the server group that takes the connections. */
  serverGroupId: Input<string>;
  /** Connections without data for that long are ended, seconds, 1 to 900, default 900. */
  idleTimeout?: Input<number> | undefined;
  /** New connections a second on each host, 0 to 1000000; 0 (default): no limit. */
  cps?: Input<number> | undefined;
  /** Whether application protocols are negotiated. Default false. */
  alpnEnabled?: Input<boolean> | undefined;
  /** Which ones; needed with alpnEnabled, and only with it. */
  alpnPolicy?: Input<"HTTP1Only" | "HTTP2Only" | "HTTP2Optional" | "HTTP2Preferred"> | undefined;
  /** Only false: the data plane `builtin` does not send PROXY headers. */
  proxyProtocolEnabled?: Input<false> | undefined;
  /** Only false: the data plane `builtin` does not ask clients for certificates. */
  caEnabled?: Input<false> | undefined;
  /** Only an empty list, as caEnabled is false. */
  caCertificateIds?: Input<Input<string>[]> | undefined;
  /** At most 256 characters. */
  listenerDescription?: Input<string> | undefined;
  /** `Running` (default) or `Stopped`. */
  status?: Input<"Running" | "Stopped"> | undefined;
  /** From where this listener is verified. Default: as the load balancer says. */
  verify?: Input<"deployer" | "host" | "none"> | undefined;
  /** Whether a change fails unless a healthy server took the probe. Default: once a server was ever healthy. */
  requireHealthyBackend?: Input<boolean> | undefined;
  /** Takes over an object of another owner. Default false. */
  adopt?: Input<boolean> | undefined;
}
