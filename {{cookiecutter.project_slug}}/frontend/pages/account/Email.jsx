import { t } from '@portal/i18n'
import { useRef, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Field, Notice } from '../../kit/index.js'
import { ApiError } from '../../sdk/index.js'
import { askAsPerson } from '../allauth.js'
import { Form, FormProblem } from '../parts/Form.jsx'
import { useReauthentication } from '../parts/Reauthentication.jsx'
import { Section } from './Section.jsx'

const PATH = 'account/email'

/** The address in use, the one that waits to be confirmed, and a way to another. */
export function Email() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const [changing, setChanging] = useState(false)
  const [said, setSaid] = useState('')
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const result = useRef(null)
  const query = useQuery({ queryKey: [PATH], queryFn: ({ signal }) => askAsPerson(PATH, { signal }) })

  const act = useMutation({
    /** @param {{method: string, body: {email: string}, words: string}} action */
    mutationFn: (action) =>
      withReauthentication(() => askAsPerson(PATH, { method: action.method, body: action.body })).catch(
        (error) => {
          if (action.method === 'PUT' && error instanceof ApiError && error.status === 403)
            throw new ApiError(403, { title: t`A mail was sent to it a moment ago. Wait a few minutes.` })
          throw error
        },
      ),
    onMutate: () => setSaid(''),
    onSuccess: (answer, { words }) => {
      setSaid(words)
      return client.invalidateQueries({ queryKey: [PATH] })
    },
  })

  async function change({ email }) {
    await withReauthentication(() => askAsPerson(PATH, { body: { email } }))
    setChanging(false)
    setSaid(t`A mail with a link is on its way to ${email}. Your address changes when you open it.`)
    await client.invalidateQueries({ queryKey: [PATH] })
    result.current?.focus()
  }

  return (
    <Section
      title={t`E-mail`}
      hint={t`You can sign in with it, and a forgotten password is mended through it.`}
      query={query}
    >
      {({ data }) => (
        <>
          {data.length > 0 ? (
            <ul role="list" className="lines">
              {data.map(({ email, primary, verified }) => (
                <li key={email} className="line">
                  <span className="line-words">
                    <strong>{email}</strong>
                    <span className="hint">
                      {verified ? t`In use` : t`Not confirmed: open the link in the mail.`}
                    </span>
                  </span>
                  <span className="row">
                    {!verified && (
                      <Button
                        busy={act.isPending}
                        onClick={() =>
                          act.mutate({ method: 'PUT', body: { email }, words: t`The mail was sent again.` })
                        }
                      >
                        {t`Send again`}
                      </Button>
                    )}
                    {!primary && (
                      <Button
                        kind="quiet"
                        busy={act.isPending}
                        onClick={() =>
                          act.mutate({ method: 'DELETE', body: { email }, words: t`${email} was taken off.` })
                        }
                      >
                        {t`Remove`}
                      </Button>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          ) : (
            <p>{t`There is no address yet.`}</p>
          )}
          <div ref={result} tabIndex={-1} hidden={!said}>
            {said && <Notice kind="good">{said}</Notice>}
          </div>
          <FormProblem error={act.error} />
          {changing ? (
            <Form
              send={change}
              submit={t`Send the link`}
              actions={<Button kind="quiet" onClick={() => setChanging(false)}>{t`Cancel`}</Button>}
            >
              {(fieldError) => (
                <Field
                  label={t`New e-mail`}
                  name="email"
                  type="email"
                  required
                  autoFocus
                  autoComplete="email"
                  help={t`The present one stays until you open the link that we send to the new one.`}
                  error={fieldError('email')}
                />
              )}
            </Form>
          ) : (
            <p>
              <Button onClick={() => setChanging(true)}>{t`Change the e-mail`}</Button>
            </p>
          )}
        </>
      )}
    </Section>
  )
}
