export { endProcessesNaming, trackProcess } from "./processes";
export { onCleanup, temporaryDirectory } from "./cleanup";
