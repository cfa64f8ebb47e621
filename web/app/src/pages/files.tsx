import { lazy } from "react";
import { Redirect } from "wouter";
import { usePerson } from "../session/session";

const SharedWithMe = lazy(() => import("../files/shared_with_me"));
const OwnFiles = lazy(() => import("../files/own_files"));

/** The files of whoever asks: what was shared with a Client, what Ops have stored. */
export default function Files() {
  const { role } = usePerson();
  if (role === "CLIENT") return <SharedWithMe />;
  return role === "OPS" ? <OwnFiles /> : <Redirect to="/" replace />;
}
