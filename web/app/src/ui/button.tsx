import { Button as AriaButton } from "react-aria-components/Button";
import type { ButtonProps } from "react-aria-components/Button";

interface Props extends Omit<ButtonProps, "isPending" | "className"> {
  /** `primary`: the one thing to do here. `quiet`: looks like text. */
  kind?: "primary" | "plain" | "quiet" | "danger";
  className?: string;
  /** What it began is under way. Only shown: who acts sees to it that it happens once. */
  isPending?: boolean;
}

export function Button({ kind = "plain", className = "", isPending = false, ...props }: Props) {
  return <AriaButton {...props} className={`button ${kind} ${className}`} {...(isPending ? { "data-pending": true } : {})} />;
}
