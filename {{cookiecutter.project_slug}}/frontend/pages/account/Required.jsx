import { t } from '@portal/i18n'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { Notice } from '../../kit/index.js'
import { ask, askAsPerson } from '../allauth.js'
import { destination } from '../next.js'
import { CodeField, codeOf } from '../parts/CodeField.jsx'
import { Form } from '../parts/Form.jsx'
import { LIST } from './SecondFactor.jsx'

/** Where the servers send whoever asked for what a password alone does not open: what is missing, and the way back. */
export function Required() {
  const [parameters] = useSearchParams()
  const { data } = useQuery({ queryKey: [LIST], queryFn: ({ signal }) => askAsPerson(LIST, { signal }) })
  if (parameters.get('second-factor') !== 'required' || !data) return null
  const next = destination(parameters.get('next')).path

  async function show({ code }) {
    await ask('auth/2fa/reauthenticate', { body: { code: codeOf(code) } })
    location.assign(next)
  }

  return (
    <Notice title={t`What you asked for opens with a second factor only.`}>
      {!data.data.some(({ type }) => type === 'totp') ? (
        <p>{t`Set one up below, and it is open to you.`}</p>
      ) : (
        <>
          <p>{t`You have one, and have not shown it since you signed in.`}</p>
          <Form send={show} submit={t`Continue`}>
            {(fieldError) => <CodeField error={fieldError('code')} />}
          </Form>
        </>
      )}
      <a href={next}>{t`Go on to ${next}`}</a>
    </Notice>
  )
}
