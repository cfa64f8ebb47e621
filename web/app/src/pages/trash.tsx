import { lazy } from "react";
import { Redirect } from "wouter";
import { usePerson } from "../session/session";

const TrashList = lazy(() => import("../files/trash_list"));

/** What was deleted: only Ops have files to delete. */
export default function TrashPage() {
  return usePerson().role === "OPS" ? <TrashList /> : <Redirect to="/" replace />;
}
