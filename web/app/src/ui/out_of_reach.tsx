import { Component, useEffect } from "react";
import type { ReactNode } from "react";
import { whenOnline } from "../api/line";
import type { Problem } from "../api/problem";
import { useTexts } from "../i18n/language";
import { Button } from "./button";
import { Notice } from "./notice";
import { useExplanation } from "./use_explanation";

const OFFLINE: Problem = { code: "OFFLINE", message: "" };

/** In the place of everything, where the server cannot be asked; it tries again when the line is back. */
export function OutOfReach({ problem, onRetry }: { problem?: Problem | null; onRetry: () => void }) {
  const { common, errors } = useTexts();
  const explain = useExplanation();
  useEffect(() => whenOnline(onRetry), [onRetry]);
  return (
    <main className="alone">
      <h1>{errors.heading}</h1>
      <Notice kind="problem">{explain(problem ?? OFFLINE)}</Notice>
      <Button kind="primary" onPress={onRetry}>
        {common.tryAgain}
      </Button>
    </main>
  );
}

/**
 * Catches what no page does, such as a part of the program that did not come: the line was gone, or the server has a newer one. Both
 * are over with a reload.
 */
export class LastResort extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <OutOfReach onRetry={reload} /> : this.props.children;
  }
}

const reload = () => location.reload();
