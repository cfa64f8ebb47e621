// Quiet words in a corner that go by themselves. They are said aloud when there is a pause, and never take the focus.
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useIsOffline, whenOnline } from "../api/line";
import { useTexts } from "../i18n/language";
import { Button } from "./button";

const SHOWN_MS = 9000;
/** Where something can be done about it: time to read, to think, and to get there by keyboard. */
const SHOWN_WITH_ACT_MS = 30_000;

/** What can be done about what was said. */
export interface ToastAct {
  label: string;
  run: () => void;
}

interface Toast {
  id: number;
  words: string;
  act?: ToastAct | undefined;
}

const ToastContext = createContext<(words: string, act?: ToastAct) => void>(() => undefined);

export function ToastProvider({ children }: { children: ReactNode }) {
  const { common } = useTexts();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const count = useRef(0);
  const timers = useRef(new Map<number, { timer: ReturnType<typeof setTimeout>; shownMs: number }>());

  const dismiss = useCallback((id: number) => {
    clearTimeout(timers.current.get(id)?.timer);
    timers.current.delete(id);
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);

  const leaveLater = useCallback((id: number, shownMs: number) => {
    clearTimeout(timers.current.get(id)?.timer);
    timers.current.set(id, { timer: setTimeout(() => dismiss(id), shownMs), shownMs });
  }, [dismiss]);

  const say = useCallback((words: string, act?: ToastAct) => {
    count.current += 1;
    const id = count.current;
    setToasts((shown) => [...shown.slice(-2), { id, words, act }]);
    leaveLater(id, act ? SHOWN_WITH_ACT_MS : SHOWN_MS);
  }, [leaveLater]);

  const isOffline = useIsOffline();
  useEffect(() => whenOnline(() => say(common.online)), [say, common]);

  // Whoever points at them or is in them is reading.
  const hold = useMemo(() => ({
    stop: () => timers.current.forEach(({ timer }) => clearTimeout(timer)),
    start: () => [...timers.current].forEach(([id, { shownMs }]) => leaveLater(id, shownMs)),
  }), [leaveLater]);

  return (
    <ToastContext value={say}>
      {children}
      {/* What the events do, waiting longer, needs no other way to do it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <section className="toasts" aria-label={common.notifications} onPointerEnter={hold.stop} onPointerLeave={hold.start} onFocus={hold.stop} onBlur={hold.start}>
        <ol aria-live="polite" aria-relevant="additions">
          {toasts.map((toast) => (
            <li key={toast.id} className="toast">
              <span>{toast.words}</span>
              {toast.act && (
                <Button
                  kind="quiet"
                  className="toast-act"
                  onPress={() => {
                    dismiss(toast.id);
                    toast.act?.run();
                  }}
                >
                  {toast.act.label}
                </Button>
              )}
              <Button kind="quiet" aria-label={common.close} onPress={() => dismiss(toast.id)}>
                ×
              </Button>
            </li>
          ))}
          {isOffline && <li className="toast lasting">{common.offline}</li>}
        </ol>
      </section>
    </ToastContext>
  );
}

/** Says something in the corner. */
export const useToast = () => use(ToastContext);
