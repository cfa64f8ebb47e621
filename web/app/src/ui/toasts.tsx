// Quiet words in a corner that go by themselves. They are said aloud when there is a pause, and never take the focus.
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useIsOffline, whenOnline } from "../api/line";
import { useTexts } from "../i18n/language";
import { Button } from "./button";

const SHOWN_MS = 9000;

interface Toast {
  id: number;
  words: string;
}

const ToastContext = createContext<(words: string) => void>(() => undefined);

export function ToastProvider({ children }: { children: ReactNode }) {
  const { common } = useTexts();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const count = useRef(0);
  const timers = useRef(new Map<number, ReturnType<typeof setTimeout>>());

  const dismiss = useCallback((id: number) => {
    clearTimeout(timers.current.get(id));
    timers.current.delete(id);
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);

  const leaveLater = useCallback((id: number) => {
    timers.current.set(id, setTimeout(() => dismiss(id), SHOWN_MS));
  }, [dismiss]);

  const say = useCallback((words: string) => {
    count.current += 1;
    const id = count.current;
    setToasts((shown) => [...shown.slice(-2), { id, words }]);
    leaveLater(id);
  }, [leaveLater]);

  const isOffline = useIsOffline();
  useEffect(() => whenOnline(() => say(common.online)), [say, common]);

  // Whoever points at them or is in them is reading.
  const hold = useMemo(() => ({
    stop: () => timers.current.forEach((timer) => clearTimeout(timer)),
    start: () => [...timers.current.keys()].forEach(leaveLater),
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
