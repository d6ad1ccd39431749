/** Shown to a person as it is, without a stack. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}
