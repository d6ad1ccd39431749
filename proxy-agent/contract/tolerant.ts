import { z } from "zod";

/**
 * The same shape for an answer: at any depth, what a newer agent adds is dropped instead of refused. Sizes are not
 * checked: limits are the agent's own.
 */
export function tolerant<Shape extends z.ZodType>(schema: Shape): z.ZodType<z.output<Shape>> {
  return loosen(schema) as z.ZodType<z.output<Shape>>;
}

function loosen(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    return z.object(Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, loosen(field)])));
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const [first, ...others] = schema.options.map((option) => loosen(option) as z.ZodObject);
    return first === undefined ? schema : z.discriminatedUnion(schema.def.discriminator, [first, ...others]);
  }
  if (schema instanceof z.ZodArray) {
    return z.array(loosen(schema.element));
  }
  if (schema instanceof z.ZodOptional) {
    return z.optional(loosen(schema.unwrap()));
  }
  return schema instanceof z.ZodNullable ? z.nullable(loosen(schema.unwrap())) : schema;
}
