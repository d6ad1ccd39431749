import type { CustomResourceOptions } from "@pulumi/pulumi";
import { advice, type Finding } from "./finding";

/** Options that Pulumi takes, and that never reach a dynamic provider: better said than silently lost. */
export function ignoredOptions(options: CustomResourceOptions): readonly Finding[] {
  const said = (option: string, instead: string): Finding =>
    advice("", "OPTION_IGNORED", { option, instead });
  const found: Finding[] = [];
  if (options.import !== undefined)
    found.push(
      said("import", "Leave it out; an object of the same owner is adopted, `adopt: true` takes any"),
    );
  if (options.customTimeouts !== undefined)
    found.push(said("customTimeouts", "Set timeoutSeconds of the load balancer"));
  if ((options.replaceOnChanges ?? []).length > 0)
    found.push(said("replaceOnChanges", "Leave it out; use `pulumi up --replace` to replace once"));
  return found;
}
