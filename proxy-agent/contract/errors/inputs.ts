import { defineErrors } from "./define";

/** Mistakes in a program, found at preview. `where` is the resource and the property's path. */
export const inputErrors = defineErrors({
  INPUT_TYPE: {
    status: 400,
    problem: "{detail}",
    remedy: "Give {expected}",
    cause: "A property has a value of another type than the documented one.",
  },
});
