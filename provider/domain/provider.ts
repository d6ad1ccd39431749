import { objectVerbs, providerOf } from "../resource/handler";
import { byWay } from "../zone/by-way";
import { zoneVerbs } from "../zone/handler";
import { domainDeclaration as declaration } from "./declaration";
import { domainOperation } from "./operation";
import { domainZoneOperation } from "./zone-operation";

export const domainProvider = providerOf(
  declaration,
  byWay(objectVerbs(declaration, domainOperation), zoneVerbs(declaration, domainZoneOperation)),
);
