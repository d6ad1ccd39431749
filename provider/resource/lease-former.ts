import type { z } from "zod";
import { lease } from "../dns/leases";
import type { Declaration } from "./definition";
import { declaredOf, type Properties } from "./properties";
import type { Remembered } from "./remembered";

interface Rememberable<Inputs> {
  readonly schema: z.ZodType<Inputs>;
  readonly remembered?: (inputs: Inputs) => Remembered | null;
}

/** After an update by which a name leads elsewhere than before, or nowhere. */
export function leaseFormer<Inputs>(
  declaration: Declaration,
  { schema, remembered }: Rememberable<Inputs>,
  olds: Properties,
  news: Properties,
): void {
  if (remembered === undefined) return;
  const before = schema.safeParse(declaredOf(declaration, olds));
  const former = before.success ? remembered(before.data) : null;
  const now = remembered(schema.parse(declaredOf(declaration, news)));
  if (former !== null && former.target !== now?.target) lease(former);
}
