import type { TsigKey } from "../tsig/key";

/** The server that takes the changes of a zone, and the key that it takes them from. */
export interface Primary {
  /** An IP address or a host name. */
  readonly server: string;
  readonly port: number;
  /** Lower case, without the final dot. */
  readonly zone: string;
  /** udp goes on over TCP where an answer is cut off or none comes. */
  readonly transport: "tcp" | "udp";
  readonly key: TsigKey;
}

/** For messages: "ns1.example.com port 53". */
export function primaryText({ server, port }: Primary): string {
  return `${server} port ${port}`;
}
