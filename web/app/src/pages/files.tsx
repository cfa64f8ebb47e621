import { lazy } from "react";
import { Redirect } from "wouter";
import { usePerson } from "../session/session";

const SharedWithMe = lazy(() => import("../files/shared_with_me"));

/** The files of whoever asks: what was shared with a Client. */
export default function Files() {
  const { role } = usePerson();
  return role === "CLIENT" ? <SharedWithMe /> : <Redirect to="/" replace />;
}
