import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { useFocusBack } from "./use_focus_back";
import "../design/dialog.css";

interface Props {
  title: string;
  isOpen: boolean;
  /** Without it, only what stands inside closes it. */
  onClose?: () => void;
  /** Where more stands in it than a few fields. */
  isWide?: boolean;
  children: ReactNode;
}

/** A question in front of the page; keyboard and screen reader stay inside of it. Where another question takes its place, that one has the focus. */
export function Dialog({ title, isOpen, onClose, isWide = false, children }: Props) {
  useFocusBack();
  const heading = useRef<HTMLHeadingElement>(null);
  const asked = useRef(title);
  useEffect(() => {
    if (asked.current !== title) heading.current?.focus();
    asked.current = title;
  }, [title]);

  return (
    <ModalOverlay
      className="veil"
      isOpen={isOpen}
      isDismissable={onClose !== undefined}
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(open) => {
        if (!open) onClose?.();
      }}
    >
      <Modal className={isWide ? "modal wide" : "modal"}>
        <AriaDialog className="dialog">
          <Heading slot="title" ref={heading} tabIndex={-1}>{title}</Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
