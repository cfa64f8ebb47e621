import { Component } from "react";
import type { ReactNode } from "react";
import { OutOfReach } from "./out_of_reach";

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
