import { Redirect } from "wouter";
import { PeopleList } from "../people/people_list";
import { usePerson } from "../session/session";

/** Everybody with an account, for Admins. */
export default function People() {
  return usePerson().role === "ADMIN" ? <PeopleList /> : <Redirect to="/" replace />;
}
