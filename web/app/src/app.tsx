import { StrictMode, Suspense, useCallback, useEffect, useState } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { PREFIX } from "./api/prefix";
import { SettingsContext, readSettings } from "./api/settings";
import type { Settings } from "./api/settings";
import { LanguageProvider } from "./i18n/language";
import { Entrance, NotFound, PAGES } from "./routes";
import { SessionProvider, useSession } from "./session/session";
import { LastResort, OutOfReach } from "./ui/out_of_reach";
import { ToastProvider } from "./ui/toasts";
import { Waiting } from "./ui/waiting";

export function App() {
  const [settings, setSettings] = useState<Settings | null>(null);
  const [isOffline, setOffline] = useState(false);

  const read = useCallback(() => {
    readSettings().then(
      (found) => {
        setSettings(found);
        setOffline(false);
      },
      () => setOffline(true),
    );
  }, []);
  useEffect(read, [read]);

  return (
    <StrictMode>
      <LanguageProvider>
        <SettingsContext value={settings}>
          <Router base={PREFIX}>
            <SessionProvider>
              <ToastProvider>
                <Pages isWhole={settings !== null} isOffline={isOffline} onRead={read} />
              </ToastProvider>
            </SessionProvider>
          </Router>
        </SettingsContext>
      </LanguageProvider>
    </StrictMode>
  );
}

interface PagesProps {
  /** Whether the settings are there. */
  isWhole: boolean;
  isOffline: boolean;
  onRead: () => void;
}

function Pages({ isWhole, isOffline, onRead }: PagesProps) {
  const { state, ask } = useSession();
  const retry = useCallback(() => {
    onRead();
    void ask();
  }, [onRead, ask]);

  if (isOffline || state.is === "unknown") {
    return <OutOfReach problem={state.is === "unknown" ? state.problem : null} onRetry={retry} />;
  }
  if (!isWhole || state.is === "asking") return <Waiting />;

  const isSomebody = state.is === "somebody";
  return (
    <LastResort>
      <Suspense fallback={<Waiting />}>
        <Switch>
          {Object.entries(PAGES).map(([path, { component: Page, audience }]) => (
            <Route key={path} path={path}>
              {audience === "stranger" && isSomebody ? <Redirect to="/" replace /> : audience === "member" && !isSomebody ? <Entrance /> : <Page />}
            </Route>
          ))}
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </LastResort>
  );
}
