import type { DeclaredObjectOf } from "tls-offload-agent/contract";
import { nameServersOf } from "../public-dns/name-servers";
import type { HiddenInput } from "../resource/hidden-input";
import type { Identity } from "../resource/operation";
import type { LoadBalancerInputs } from "./schema";

/** One host's part of the load balancer: the one object that differs from host to host. Pure. */
export function loadBalancerObject(
  inputs: LoadBalancerInputs,
  { target }: HiddenInput,
  hostName: string,
  { id, owner, incarnation }: Identity,
  publishedAddresses: readonly string[],
): DeclaredObjectOf<"loadBalancer"> {
  const bindAddresses = [...(target.hosts[hostName]?.bindAddresses ?? [])];
  const { dnsListen } = inputs;
  const nameServers = nameServersOf(target, dnsListen);
  return {
    id,
    owner,
    incarnation,
    kind: "loadBalancer",
    spec: {
      loadBalancerName: inputs.loadBalancerName,
      hostName,
      dnsName: target.dnsName.toLowerCase(),
      bindAddresses,
      publishedAddresses: [...publishedAddresses],
      dnsListen:
        dnsListen === undefined
          ? null
          : {
              addresses: dnsListen.addresses ?? bindAddresses,
              port: dnsListen.port,
              ...(nameServers === undefined ? {} : { nameServers }),
            },
      dataPlane: inputs.dataPlane,
    },
  };
}
