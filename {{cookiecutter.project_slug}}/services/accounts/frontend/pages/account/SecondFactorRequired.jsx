import { t } from '@portal/i18n'
import { useQuery, useSearchParams } from '@portal/sdk'
import { Notice, Skeleton } from '@portal/ui'
import { request } from '../../allauth.js'
import { destination } from '../../destination.js'
import { CodeField, cleanCode, explainCode } from '../../forms/CodeField.jsx'
import { Form } from '../../forms/Form.jsx'
import { PasskeyButton } from '../../forms/SignInForms.jsx'
import { factorsQuery } from './factors.js'

/**
 * Shown after a redirect from a page that requires a second factor (`?second-factor=required&next=/admin/`): what is missing, and a link
 * back to that page.
 */
export function SecondFactorRequired() {
  const [parameters] = useSearchParams()
  const { data, isError } = useQuery(factorsQuery)
  if (parameters.get('second-factor') !== 'required' || isError) return null
  const types = data?.data.map(({ type }) => type)
  const next = destination(parameters.get('next')).path

  async function send({ code }) {
    await request('auth/2fa/reauthenticate', { body: { code: cleanCode(code) } })
    location.assign(next)
  }

  return (
    <Notice title={t`The page that you opened requires a second factor.`}>
      {!types ? (
        <Skeleton count={1} />
      ) : types.includes('totp') || types.includes('webauthn') ? (
        <>
          {types.includes('webauthn') && (
            <PasskeyButton path="auth/webauthn/reauthenticate" onAnswer={async () => location.assign(next)} />
          )}
          <p>{t`Enter a code from your authenticator app, or a recovery code, to continue.`}</p>
          <Form send={send} submit={t`Continue`} explain={explainCode}>
            {(fieldError) => <CodeField error={fieldError('code')} />}
          </Form>
        </>
      ) : (
        <p>{t`Set one up below, then open the page again.`}</p>
      )}
      <a href={next}>{t`Back to ${next}`}</a>
    </Notice>
  )
}
