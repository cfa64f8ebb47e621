import { Redirect } from "wouter";
import { AuditTrail } from "../audit/audit_trail";
import { usePerson } from "../session/session";

/** What was done by whom, for Admins. */
export default function Audit() {
  return usePerson().role === "ADMIN" ? <AuditTrail /> : <Redirect to="/" replace />;
}
