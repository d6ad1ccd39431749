import { z } from "zod";
import { mistake } from "./finding";
import { withRefusal } from "./misfit";

/** An IPv4 or IPv6 address; a host name gets a message of its own. */
export const address = withRefusal(z.union([z.ipv4(), z.ipv6()]), (value, path) =>
  typeof value === "string" ? mistake(path, "HOST_NAME_FOR_ADDRESS", {}) : undefined,
);
