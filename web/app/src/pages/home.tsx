import { Redirect } from "wouter";
import { usePerson } from "../session/session";

/** Where each role begins. */
const HOMES = { ADMIN: "/invitations", OPS: "/files", CLIENT: "/files" } as const;

export default function Home() {
  return <Redirect to={HOMES[usePerson().role]} replace />;
}
