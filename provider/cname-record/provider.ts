import { objectVerbs, providerOf } from "../resource/handler";
import { byWay } from "../zone/by-way";
import { zoneVerbs } from "../zone/handler";
import { cnameRecordDeclaration as declaration } from "./declaration";
import { cnameRecordOperation } from "./operation";
import { cnameRecordZoneOperation } from "./zone-operation";

export const cnameRecordProvider = providerOf(
  declaration,
  byWay(objectVerbs(declaration, cnameRecordOperation), zoneVerbs(declaration, cnameRecordZoneOperation)),
);
