import { plural, t } from '@portal/i18n'
import { useState } from '@portal/sdk'
import { Button, Field, FormControl } from '@portal/ui'
import { requestSignedIn } from '../../allauth.js'
import { Form } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'

const MOST_CHARACTERS = 60
const LIFETIMES = [7, 30, 90, 365] // days

/**
 * The form for a new API token: its name, how long it works, and what it may do.
 * @param {{path: string, scopes: import('./Tokens.jsx').Scope[], onCancel: () => void, onMade: (answer: any) => void}} props
 */
export function NewToken({ path, scopes, onCancel, onMade }) {
  const withReauthentication = useReauthentication()
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]))

  async function send({ name, days }) {
    const body = { name, days: Number(days), scopes: chosen }
    onMade(await withReauthentication(() => requestSignedIn(path, { body })))
  }

  /** @param {string} name @param {boolean} isChosen */
  const choose = (name, isChosen) =>
    setChosen(isChosen ? [...chosen, name] : chosen.filter((one) => one !== name))

  return (
    <Form send={send} submit={t`Create`} actions={<Button onClick={onCancel}>{t`Cancel`}</Button>}>
      {(fieldError) => (
        <>
          <Field
            label={t`Name`}
            name="name"
            required
            maxLength={MOST_CHARACTERS}
            autoComplete="off"
            help={t`What uses the token, such as “Nightly report”.`}
            error={fieldError('name')}
          />
          <FormControl label={t`Works for`} error={fieldError('days')}>
            {(attributes) => (
              <select {...attributes} name="days" defaultValue={30}>
                {LIFETIMES.map((days) => (
                  <option key={days} value={days}>
                    {plural(days, { one: '# day', other: '# days' })}
                  </option>
                ))}
              </select>
            )}
          </FormControl>
          <Scopes scopes={scopes} chosen={chosen} onChoose={choose} error={fieldError('scopes')} />
        </>
      )}
    </Form>
  )
}

/** @param {{scopes: import('./Tokens.jsx').Scope[], chosen: string[], onChoose: (name: string, isChosen: boolean) => void, error?: string}} props */
function Scopes({ scopes, chosen, onChoose, error }) {
  return (
    <fieldset className="choices">
      <legend>{t`What it may do`}</legend>
      {scopes.map(({ name, app, text }) => (
        <label key={name} className="choice">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            aria-invalid={error ? true : undefined}
            onChange={(event) => onChoose(name, event.target.checked)}
          />
          {app}: {text}
        </label>
      ))}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}
