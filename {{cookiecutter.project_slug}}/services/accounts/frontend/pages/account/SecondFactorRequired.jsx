import { t } from '@portal/i18n'
import { useQuery, useSearchParams } from '@portal/sdk'
import { Notice } from '@portal/ui'
import { request, requestSignedIn } from '../../allauth.js'
import { destination } from '../../destination.js'
import { CodeField, cleanCode, explainCode } from '../../forms/CodeField.jsx'
import { Form } from '../../forms/Form.jsx'
import { AUTHENTICATORS } from './SecondFactor.jsx'

/**
 * Shown after a redirect from a page that requires a second factor (`?second-factor=required&next=/admin/`): what is missing, and a link
 * back to that page.
 */
export function SecondFactorRequired() {
  const [parameters] = useSearchParams()
  const { data } = useQuery({
    queryKey: [AUTHENTICATORS],
    queryFn: ({ signal }) => requestSignedIn(AUTHENTICATORS, { signal }),
  })
  if (parameters.get('second-factor') !== 'required' || !data) return null
  const next = destination(parameters.get('next')).path

  async function send({ code }) {
    await request('auth/2fa/reauthenticate', { body: { code: cleanCode(code) } })
    location.assign(next)
  }

  return (
    <Notice title={t`The page that you opened requires a second factor.`}>
      {data.data.some(({ type }) => type === 'totp') ? (
        <>
          <p>{t`Enter a code from your authenticator app to continue.`}</p>
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
