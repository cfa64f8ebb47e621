import { StrictMode, Suspense, useEffect, useState } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { PREFIX } from "./api/prefix";
import { SettingsContext, readSettings } from "./api/settings";
import type { Settings } from "./api/settings";
import { LanguageProvider, useTexts } from "./i18n/language";
import NotFound from "./pages/not_found";
import { Entrance, PAGES } from "./routes";
import { SessionProvider, useSession } from "./session/session";
import { Button } from "./ui/button";
import { Notice } from "./ui/notice";
import { ToastProvider } from "./ui/toasts";
import { useExplanation } from "./ui/use_explanation";

export function App() {
  return (
    <StrictMode>
      <LanguageProvider>
        <Router base={PREFIX}>
          <SessionProvider>
            <ToastProvider>
              <Pages />
            </ToastProvider>
          </SessionProvider>
        </Router>
      </LanguageProvider>
    </StrictMode>
  );
}

function Pages() {
  const { state, ask } = useSession();
  const [settings, setSettings] = useState<Settings | null>(null);
  const [isOffline, setOffline] = useState(false);

  const read = () => {
    setOffline(false);
    readSettings().then(setSettings, () => setOffline(true));
  };
  useEffect(read, []);

  if (isOffline || state.is === "unknown") {
    return <OutOfReach problem={state.is === "unknown" ? state.problem : null} onRetry={() => { read(); void ask(); }} />;
  }
  if (!settings || state.is === "asking") return <Waiting />;

  const isSomebody = state.is === "somebody";
  return (
    <SettingsContext value={settings}>
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
    </SettingsContext>
  );
}

/** Nothing at first: what comes within a moment needs no word. */
function Waiting() {
  const { common } = useTexts();
  return <p className="waiting" role="status">{common.loading}</p>;
}

function OutOfReach({ problem, onRetry }: { problem: Parameters<ReturnType<typeof useExplanation>>[0] | null; onRetry: () => void }) {
  const { common, errors } = useTexts();
  const explain = useExplanation();
  return (
    <main className="alone">
      <h1>{errors.heading}</h1>
      <Notice kind="problem">{explain(problem ?? { code: "OFFLINE", message: "" })}</Notice>
      <Button kind="primary" onPress={onRetry}>
        {common.tryAgain}
      </Button>
    </main>
  );
}
