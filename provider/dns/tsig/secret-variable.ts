import { normalize } from "../name";

/** Of the environment of one run: the secret of any key whose declared one is not there. */
export const SECRET_VARIABLE = "OFFLOAD_DNS_KEY_SECRET";

/** Of the environment of one run: this key's secret, before the declared one. "OFFLOAD_DNS_KEY_SECRET_SHOP_KEY" of shop-key. */
export function secretVariableOf(keyName: string): string {
  return `${SECRET_VARIABLE}_${normalize(keyName)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "_")}`;
}
