import { useEffect } from "react";
import { useQuery } from "urql";
import { Redirect } from "wouter";
import { usePerson } from "../session/session";
import { SecondFactor, isLacking } from "../settings/factor_operations";
import { Waiting } from "../ui/waiting";

/** Where each role begins. */
const HOMES = { ADMIN: "/people", OPS: "/files", CLIENT: "/files" } as const;

/** What is shown there comes while the answer is awaited. */
const AHEAD = { ADMIN: () => import("./people"), OPS: () => import("../files/own_files"), CLIENT: () => import("../files/shared_with_me") };

/** The first page: the second factor, where the role needs one and there is none, for nothing else is open then. */
export default function Home() {
  const { role } = usePerson();
  useEffect(() => void AHEAD[role]().catch(() => undefined), [role]);
  const [{ data, fetching }] = useQuery({ query: SecondFactor });
  if (fetching) return <Waiting />;
  return <Redirect to={data && isLacking(data) ? "/settings" : HOMES[role]} replace />;
}
