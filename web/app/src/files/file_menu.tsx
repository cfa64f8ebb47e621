import { Menu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import type { OwnFileItem } from "./own_operations";
import "../design/menu.css";

/** What can be done with files. */
export interface FileActs {
  look: (file: OwnFileItem) => void;
  share: (files: readonly OwnFileItem[]) => void;
  rename: (file: OwnFileItem) => void;
  download: (file: OwnFileItem) => void;
  remove: (files: readonly OwnFileItem[]) => void;
}

/** All that can be done with one file. */
export function FileMenu({ file, acts, isTabStop }: { file: OwnFileItem; acts: FileActs; isTabStop: boolean }) {
  const { own, shared } = useTexts();
  return (
    <MenuTrigger>
      <Button kind="quiet" className="more" aria-label={own.more(file.name)} excludeFromTabOrder={!isTabStop}>
        <Dots />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={own.more(file.name)}>
          <MenuItem onAction={() => acts.share([file])}>{own.share}</MenuItem>
          <MenuItem onAction={() => acts.look(file)}>{own.whoHasIt}</MenuItem>
          <MenuItem onAction={() => acts.rename(file)}>{own.rename}</MenuItem>
          <MenuItem onAction={() => acts.download(file)}>{shared.download}</MenuItem>
          <MenuItem className="react-aria-MenuItem danger" onAction={() => acts.remove([file])}>
            {own.remove}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function Dots() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" fill="currentColor" aria-hidden="true">
      <circle cx="4" cy="10" r="1.6" />
      <circle cx="10" cy="10" r="1.6" />
      <circle cx="16" cy="10" r="1.6" />
    </svg>
  );
}
