import type { Target } from "../resource/hidden-input";

/** Whether the load balancer's name leaves out, by itself, a host that stops serving between two `up`s. */
export function dnsHealthOf({ dns, dnsPort }: Target): "followed" | "as of the last up" {
  return dns === undefined && dnsPort !== null ? "followed" : "as of the last up";
}
