// All accounts, or some of them.

import { useAccounts } from "@/kinds/useKinds";

interface Props {
  value: string[] | null; // null: all
  onChange: (accounts: string[] | null) => void;
}

export function AccountsChoice({ value, onChange }: Props) {
  const { accounts } = useAccounts();
  return (
    <fieldset className="accounts-choice">
      <legend>Accounts</legend>
      <div className="segmented" role="group" aria-label="Accounts">
        <button type="button" aria-pressed={value === null} onClick={() => onChange(null)}>
          All
        </button>
        <button type="button" aria-pressed={value !== null} onClick={() => onChange(value ?? [])}>
          Only some
        </button>
      </div>
      {value !== null && (
        <div className="accounts-list">
          {accounts.map((account) => (
            <label key={account.id} className="facet-value">
              <input
                type="checkbox"
                checked={value.includes(account.id)}
                onChange={() =>
                  onChange(
                    value.includes(account.id) ? value.filter((id) => id !== account.id) : [...value, account.id],
                  )
                }
              />
              <span className="cut grow">{account.name || account.id}</span>
              <code className="dim">{account.id}</code>
            </label>
          ))}
        </div>
      )}
    </fieldset>
  );
}
