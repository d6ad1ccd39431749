import { hostsNamedIn } from "../fleet/plan";

/** OFFLOAD_RELEASE_ZONES="example.com, example.net" names zones that are gone for good: what is in them stays. */
export function isReleased({ zone }: { readonly zone: string }): boolean {
  return hostsNamedIn(process.env["OFFLOAD_RELEASE_ZONES"]).has(zone);
}
