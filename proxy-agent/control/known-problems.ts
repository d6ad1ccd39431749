import type { Changes } from "./changes";
import { objectsOf } from "./configuration/objects";
import type { ObjectProblem } from "./problem";
import type { ProgramOnDisk } from "./program-on-disk";
import type { Store } from "./store/store";

/** All that control knows to be wrong without asking another process: of the disk, and of what cannot be served. */
export function knownProblems({
  store,
  changes,
  program,
}: {
  readonly store: Store;
  readonly changes: Changes;
  readonly program: ProgramOnDisk;
}): ObjectProblem[] {
  const { confirmed, unmended } = changes;
  const edited = store.edited(confirmed, unmended.ids);
  const told = new Set(edited.map(({ objectId }) => objectId));
  const served = changes
    .served()
    .problems.filter(({ code, objectId }) => code !== "KEY_MISSING" || !told.has(objectId));
  const detail = program.flaw();
  const objectId = objectsOf(confirmed, "loadBalancer")[0]?.id ?? "state";
  return [
    ...unmended.problems,
    ...(store.problem === undefined ? [] : [store.problem]),
    ...edited,
    ...served,
    ...(detail === undefined
      ? []
      : [{ objectId, code: "AGENT_EDITED", parameters: { file: program.file, detail } }]),
  ];
}
