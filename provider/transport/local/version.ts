export { isNewer } from "tls-offload-agent/contract";
