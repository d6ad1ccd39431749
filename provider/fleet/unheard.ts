import { LIMITS } from "tls-offload-agent/contract";

/** How long a host keeps an unconfirmed change after it last heard of this process. Only tests set another time. */
export const unheardProviderSeconds = Number(
  process.env["TLS_OFFLOAD_UNHEARD_SECONDS"] ?? LIMITS.unheardProviderSeconds,
);
