import { useId } from '@portal/sdk'
import { Plural, t } from '@portal/i18n'

/**
 * Whom an announcement is for, and how many people that are.
 * @param {{roles: import('./requests.js').Role[], everyone: boolean, chosen: string[],
 *   reach: {people: number | undefined, error: any}, error?: string,
 *   onChange: (values: {everyone?: boolean, roles?: string[]}) => void}} props `roles` are all, `chosen` the names of the chosen ones
 */
export function AudienceField({ roles, everyone, chosen, reach, error, onChange }) {
  const id = useId()

  function toggle(name) {
    onChange({ roles: chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name] })
  }

  return (
    <fieldset className="choices" aria-describedby={id}>
      <legend>{t`Audience`}</legend>
      <label>
        <input
          type="radio"
          name="audience"
          checked={everyone}
          onChange={() => onChange({ everyone: true })}
        />
        <span>{t`Everyone`}</span>
      </label>
      <label>
        <input
          type="radio"
          name="audience"
          checked={!everyone}
          onChange={() => onChange({ everyone: false })}
        />
        <span>{t`People with one of these roles`}</span>
      </label>
      {!everyone && (
        <div className="choices-inner">
          {roles.map(({ name, title }) => (
            <label key={name}>
              <input
                type="checkbox"
                name="roles"
                checked={chosen.includes(name)}
                onChange={() => toggle(name)}
              />
              <span>{title}</span>
            </label>
          ))}
        </div>
      )}
      <p id={id} className="help" role="status">
        <ReachText reach={reach} isEmpty={!everyone && chosen.length === 0} />
      </p>
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}

/** @param {{reach: {people: number | undefined, error: any}, isEmpty: boolean}} props */
function ReachText({ reach, isEmpty }) {
  if (isEmpty) return t`Choose at least one role.`
  if (reach.people !== undefined)
    return <Plural value={reach.people} one="Reaches # person today." other="Reaches # people today." />
  return reach.error ? t`How many people it reaches is not known now.` : t`Counting…`
}
