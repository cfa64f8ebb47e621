// Who is signed in, and the client that asks on that person's behalf.
import { createContext, lazy, Suspense, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { Provider } from "urql";
import { clientOfSession, door } from "../api/clients";
import { problemOf } from "../api/problem";
import type { Problem } from "../api/problem";
import { leave } from "./leaving";
import { Logout, Viewer } from "./operations";
import type { Person } from "./operations";

const SignInAgain = lazy(() => import("./sign_in_again"));

/** Nobody yet asked for; nobody; somebody; or not known, since the server was not reached. */
type State = { is: "asking" } | { is: "nobody" } | { is: "somebody"; person: Person } | { is: "unknown"; problem: Problem };

interface Session {
  state: State;
  /** Somebody has signed in. */
  begin: (person: Person) => void;
  /** Asks once more who is signed in. */
  ask: () => Promise<void>;
  signOut: (everywhere?: boolean) => Promise<void>;
  /** What is kept of a person is forgotten, without asking the server. */
  forget: () => void;
  /** The session has ended: ready when the person has signed in again, or has given it up. */
  renew: () => Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ is: "asking" });
  // While it is set, operations are held back, and the dialog asks to sign in again.
  const [ended, setEnded] = useState(false);
  const waiting = useRef<{ promise: Promise<void>; go: () => void } | null>(null);

  const ask = useCallback(async () => {
    const { data, error } = await door.query(Viewer, {}, { requestPolicy: "network-only" }).toPromise();
    const problem = error && problemOf(error);
    if (data?.viewer) setState({ is: "somebody", person: data.viewer });
    // A cookie that is not good any more is nobody's.
    else if (!problem || problem.code === "UNAUTHENTICATED") setState({ is: "nobody" });
    else setState({ is: "unknown", problem });
  }, []);

  useEffect(() => {
    void ask();
  }, [ask]);

  const goOn = useCallback(() => {
    setEnded(false);
    waiting.current?.go();
    waiting.current = null;
  }, []);

  const forget = useCallback(() => {
    leave();
    setState({ is: "nobody" });
    goOn();
  }, [goOn]);

  const signInAgain = useCallback(() => {
    if (!waiting.current) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      waiting.current = { promise, go: () => resolve(undefined) };
      setEnded(true);
    }
    return waiting.current.promise;
  }, []);

  const session = useMemo<Session>(
    () => ({
      state,
      begin: (person) => setState({ is: "somebody", person }),
      ask,
      signOut: async (everywhere = false) => {
        const { error } = await door.mutation(Logout, { everywhere }).toPromise();
        const problem = error && problemOf(error);
        // Where the server was not reached the session goes on, and nobody shall think otherwise.
        if (problem?.code === "OFFLINE" || problem?.code === "UNAVAILABLE") setState({ is: "unknown", problem });
        else forget();
      },
      forget,
      renew: signInAgain,
    }),
    [state, ask, forget, signInAgain],
  );

  const somebody = state.is === "somebody" ? state.person : null;
  useOtherTabs(somebody?.id);

  // What one person has read is not for the next.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const client = useMemo(() => clientOfSession(signInAgain), [somebody?.id, signInAgain]);

  return (
    <SessionContext value={session}>
      <Provider value={client}>
        {children}
        {ended && somebody && (
          <Suspense>
            <SignInAgain person={somebody} onSignedIn={goOn} onGiveUp={forget} />
          </Suspense>
        )}
      </Provider>
    </SessionContext>
  );
}

/** All tabs have one cookie: where another one has signed somebody else in, what this one shows is not for that person. */
function useOtherTabs(id: string | undefined) {
  useEffect(() => {
    if (id === undefined) return;
    const look = async () => {
      if (document.visibilityState !== "visible") return;
      const { data } = await door.query(Viewer, {}, { requestPolicy: "network-only" }).toPromise();
      if (data?.viewer && data.viewer.id !== id) location.reload();
    };
    const onChange = () => void look();
    document.addEventListener("visibilitychange", onChange);
    return () => document.removeEventListener("visibilitychange", onChange);
  }, [id]);
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("there is a session only inside of the app");
  return session;
}

/** Whoever is signed in. Only for pages that are shown to somebody. */
export function usePerson(): Person {
  const { state } = useSession();
  if (state.is !== "somebody") throw new Error("nobody is signed in");
  return state.person;
}
