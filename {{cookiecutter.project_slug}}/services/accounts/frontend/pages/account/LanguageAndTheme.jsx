import { t } from '@portal/i18n'
import { useId } from '@portal/sdk'
import { useLanguages } from '@portal/sdk/languages'
import { saveScheme, useScheme } from '@portal/sdk/scheme'
import { Panel, Problem, Split } from '@portal/ui'

/** The language of the person, and the colours of the portal in this browser. */
export function LanguageAndTheme() {
  const scheme = useScheme()
  const { language, languages, choose, error } = useLanguages()
  return (
    <>
      {error && <Problem error={error} />}
      <Split kind="even">
        {languages.length > 1 && (
          <Choice
            title={t`Language`}
            help={t`This setting applies wherever you sign in.`}
            value={language}
            options={languages.map(({ code, name }) => ({ value: code, label: name, lang: code }))}
            onChange={choose}
          />
        )}
        <Choice
          title={t`Theme`}
          help={t`This setting applies to all tabs of this browser.`}
          value={scheme}
          options={[
            { value: '', label: t`As the device` },
            { value: 'light', label: t`Light` },
            { value: 'dark', label: t`Dark` },
          ]}
          onChange={saveScheme}
        />
      </Split>
    </>
  )
}

/**
 * A card with one choice of several.
 * @param {{title: string, help: string, value: string, options: {value: string, label: string, lang?: string}[], onChange: (value: any) => void}} props
 */
export function Choice({ title, help, value, options, onChange }) {
  const name = useId()
  return (
    <Panel title={title}>
      <p className="help">{help}</p>
      <fieldset className="choices">
        <legend className="visually-hidden">{title}</legend>
        {options.map((option) => (
          <label key={option.value} className="choice" lang={option.lang}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </fieldset>
    </Panel>
  )
}
