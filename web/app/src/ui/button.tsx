import { Button as AriaButton } from "react-aria-components/Button";
import type { ButtonProps } from "react-aria-components/Button";

interface Props extends ButtonProps {
  /** `primary`: the one thing to do here. `quiet`: looks like text. */
  kind?: "primary" | "plain" | "quiet" | "danger";
}

export function Button({ kind = "plain", className, ...props }: Props) {
  const more = typeof className === "string" ? ` ${className}` : "";
  return <AriaButton {...props} className={`button ${kind}${more}`} />;
}
