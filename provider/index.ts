export type {
  DnsListenArgs,
  HostArgs,
  LoadBalancerArgs,
  LoadBalancerHandle,
  LoadBalancerReference,
  LocalArgs,
  LocalHostArgs,
  SshHostArgs,
} from "./load-balancer/args";
export type { ConnectionArgs, ProxyConnectionArgs } from "./load-balancer/connection-args";
export { LoadBalancer } from "./load-balancer/resource";
export type { Rfc2136Args } from "./zone/args";
export type { CertificateArgs } from "./certificate/args";
export { Certificate } from "./certificate/resource";
export type { HealthCheckArgs, ServerArgs, ServerGroupArgs } from "./server-group/args";
export { ServerGroup } from "./server-group/resource";
export type { TcpSslListenerArgs } from "./tcp-ssl-listener/args";
export { TcpSslListener } from "./tcp-ssl-listener/resource";
export type { DomainArgs, DomainDnsArgs, EmbeddedDnsArgs, Rfc2136DnsArgs } from "./domain/args";
export { Domain } from "./domain/resource";
export type { CnameRecordArgs } from "./cname-record/args";
export { CnameRecord } from "./cname-record/resource";
