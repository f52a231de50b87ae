import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';

/** One thing that a menu can do. */
export interface MenuAction {
  readonly id: string;
  readonly name: string;
  readonly onPress: () => void;
  readonly refusal?: string | null | undefined;
  readonly isDanger?: boolean;
}

/** A button that opens a list of actions. What may not be done is listed, with the reason. */
export function ActionMenu(props: {
  readonly label: string;
  readonly actions: readonly MenuAction[];
  readonly icon?: IconName;
  readonly text?: string;
}) {
  const { label, actions, icon = 'more', text } = props;
  return (
    <MenuTrigger>
      <AriaButton className={`button plain${text === undefined ? ' drawn' : ''}`} aria-label={label}>
        <Icon name={icon} />
        {text !== undefined && <span>{text}</span>}
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" onAction={(key) => actions.find(({ id }) => id === key)?.onPress()}>
          {actions.map(({ id, name, refusal, isDanger }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={name}
              isDisabled={Boolean(refusal)}
              className={`menu-item${isDanger ? ' danger' : ''}`}
            >
              <Text slot="label">{name}</Text>
              {refusal && (
                <Text slot="description" className="menu-reason">
                  {refusal}
                </Text>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
